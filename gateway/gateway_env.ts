import type { Taken } from "../accounts/limits/rate_limiter.ts";
import type { Caller } from "../spec/account.ts";

/** What middleware leaves for the handlers of one request. */
export interface GatewayEnv {
  Bindings: {
    /** Of the other end of the connection; absent in tests. */
    readonly address?: string;
  };
  Variables: {
    /** Well-formed: letters, digits, `.`, `_`, `-`. */
    requestId: string;
    /** `performance.now()` when the request arrived. */
    startedAtMs: number;
    /** What `routePattern` found, which is asked several times; `null` where it found none. */
    routePattern: string | null | undefined;
    /** Whom the request comes from, past proxies that are trusted; absent in tests. */
    address: string | undefined;
    /** Who sends the request. */
    caller: Caller;
    /** The account the request runs for. */
    tenant: string;
    /** W3C trace id, where the request is part of a trace. */
    traceId: string | undefined;
    /** What is left of the caller's rate limit, where one was counted. */
    rateTaken: Taken | undefined;
    /**
     * Whether an answer is kept for whoever repeats the request: `always` where a tool began to run,
     * `never` where it is to be seen once; by its status where absent.
     */
    answerKeeping: "always" | "never" | undefined;
    /** Error code of the answer, for the access log. */
    errorCode: string | undefined;
  };
}
