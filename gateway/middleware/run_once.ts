import { hash } from "node:crypto";
import type { Context, MiddlewareHandler, Next } from "hono";
import type { KeptAnswer, RepeatableRequest } from "../../accounts/idempotency/kept_answer.ts";
import type { RepeatBook } from "../../accounts/idempotency/repeat_book.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { Caller } from "../../spec/account.ts";
import { readBytes } from "../body/read_body.ts";
import type { GatewayEnv } from "../gateway_env.ts";
import type { GatewaySettings } from "../gateway_options.ts";

/** Header by which a caller says that requests are the same. */
const KEY_HEADER = "idempotency-key";

/** What of an answer's headers is kept; the rest is of each answer. */
const KEPT_HEADERS = ["content-type", "etag", "location"];

/** Answers of these say nothing about the request itself. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([401, 403, 408, 425, 429]);

/** Options of {@linkcode runOnce}. */
export interface RunOnceOptions {
  readonly book: RepeatBook;
  readonly settings: Pick<GatewaySettings, "maxBodyBytes" | "bodyTimeoutMs">;
  /** Told of what failed behind the scenes, for the log. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Does what is sent twice with the same `Idempotency-Key` once: for POST requests below `/api`, of
 * callers that are known. A repeated request gets the first one's answer for a day.
 * @throws {AirlockError} `conflict` where the key stands for another request, where the first runs
 * still, or where its answer was to be seen once; `invalid_input`, `rate_limited`, `upstream_failed`.
 */
export function runOnce(options: RunOnceOptions): MiddlewareHandler<GatewayEnv> {
  return function runUnlessRepeated(context, next) {
    const key = context.req.header(KEY_HEADER);
    const caller = context.get("caller");
    const { method, path } = context.req;
    const counts = key !== undefined && method === "POST" && isRepeatable(path) &&
      caller.kind !== "anonymous";
    return counts ? runUnless(context, next, { ...options, key }) : next();
  };
}

async function runUnless(
  context: Context<GatewayEnv>,
  next: Next,
  { key, ...options }: RunOnceOptions & { readonly key: string },
): Promise<Response | void> {
  checkKey(key, context);
  const request = await repeatable(context, { key, caller: context.get("caller"), options });
  const repetition = await options.book.begin(request);
  if (repetition.kind === "run") {
    return await runAndKeep(context, next, { ...options, request, runId: repetition.runId });
  }
  if (repetition.kind !== "answered") throw refusal(repetition);
  const { status, headers, body } = repetition.answer;
  return new Response(body, { status, headers: { ...headers, "idempotent-replayed": "true" } });
}

/** Signing in is better-auth's own matter. */
function isRepeatable(path: string): boolean {
  return path.startsWith("/api/") && !path.startsWith("/api/auth/");
}

function checkKey(key: string, context: Context<GatewayEnv>): void {
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new AirlockError("invalid_input", "read Idempotency-Key: it is not 1 to 255 characters", {
      stage: "request",
      suggestion: "Send a random key, such as a UUID, in ASCII without spaces.",
    });
  }
  if (!context.req.header("accept")?.includes("text/event-stream")) return;
  throw new AirlockError("invalid_input", "read Idempotency-Key: event streams are not kept", {
    stage: "request",
    suggestion: "Accept application/json, or leave the key out.",
  });
}

/** Reads the body, and leaves it for the handler to read again. */
async function repeatable(
  context: Context<GatewayEnv>,
  { key, caller, options: { settings } }: {
    readonly key: string;
    readonly caller: Caller;
    readonly options: RunOnceOptions;
  },
): Promise<RepeatableRequest> {
  const { raw } = context.req;
  const bounds = { maxBytes: settings.maxBodyBytes, timeoutMs: settings.bodyTimeoutMs };
  const body = new Uint8Array(await readBytes(raw, bounds));
  const { method, url, headers, signal } = raw;
  context.req.raw = new Request(url, { method, headers, body, signal });
  const { pathname, search } = new URL(url);
  const head = JSON.stringify([method, pathname, search, headers.get("content-type")]);
  return {
    tenant: caller.tenant,
    actorId: caller.keyId ?? caller.userId ?? caller.kind,
    keyHash: sha256(new TextEncoder().encode(key)),
    requestHash: sha256(await new Blob([sha256(new TextEncoder().encode(head)), body]).bytes()),
  };
}

interface Run extends RunOnceOptions {
  readonly request: RepeatableRequest;
  readonly runId: string;
}

async function runAndKeep(context: Context<GatewayEnv>, next: Next, run: Run): Promise<void> {
  const { book, request, runId, onFailure } = run;
  const renewal = setInterval(() => {
    book.renew(request, runId).catch(onFailure);
  }, book.bounds.renewMs);
  try {
    await next();
  } finally {
    clearInterval(renewal);
  }
  try {
    await keep(context, run);
  } catch (error) {
    // It was done, and is answered. Until the lock is over, a repeated request hears that it runs.
    onFailure(error);
  }
}

async function keep(
  context: Context<GatewayEnv>,
  { book, request, runId }: Run,
): Promise<void> {
  const { res } = context;
  const keeping = context.get("answerKeeping");
  const isPassing = PASSING_STATUSES.has(res.status) ||
    (res.status >= 500 && keeping !== "always");
  if (isPassing) return await book.release(request, runId);
  const answer: KeptAnswer = {
    status: res.status,
    headers: Object.fromEntries(KEPT_HEADERS.flatMap((name) => {
      const value = res.headers.get(name);
      return value === null ? [] : [[name, value]];
    })),
    body: new Uint8Array(await res.clone().arrayBuffer()),
  };
  const withheld = keeping === "never" && res.ok ? "once" : undefined;
  await book.finish(request, { runId, answer, withheld });
}

type Refused = Exclude<
  Awaited<ReturnType<RepeatBook["begin"]>>,
  { readonly kind: "run" | "answered" }
>;

function refusal(repetition: Refused): AirlockError {
  switch (repetition.kind) {
    case "other":
      return conflict("the key stands for another request", "Send a new key with a new request.");
    case "running":
      return new AirlockError("conflict", "repeat request: the same one runs at this moment", {
        stage: "request",
        suggestion: "Wait, then send it again with the same key.",
        retryable: true,
        retryAfterMs: 1_000,
      });
    case "withheld":
      return repetition.why === "once"
        ? conflict(
          "it was done, and its answer was shown once",
          "Look at what is there; take back what was lost, and make another.",
          repetition,
        )
        : conflict(
          "it was done, and its answer was too large to keep",
          "Look at what is there, or send a new key to do it again.",
          repetition,
        );
    case "full":
      return new AirlockError("rate_limited", "repeat request: the account has too many keys", {
        stage: "request",
        suggestion: "Send keys only with requests that may be repeated; each is kept for a day.",
        retryAfterMs: 3_600_000,
      });
  }
}

function conflict(
  state: string,
  suggestion: string,
  { status }: { readonly status?: number } = {},
): AirlockError {
  return new AirlockError("conflict", `repeat request: ${state}`, {
    stage: "request",
    suggestion,
    details: status === undefined ? {} : { firstStatus: status },
  });
}

function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hash("sha256", bytes, "buffer"));
}
