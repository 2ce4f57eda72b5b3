import type { IncomingMessage } from "node:http";
import type { EgressRequest } from "../../spec/egress.ts";
import { limitReached, upstreamFailed } from "./egress_errors.ts";
import type { EgressLimits } from "./egress_limits.ts";
import { grantFor, targetOf } from "./net_grant.ts";
import { type Hop, isRedirect, redirectedHop } from "./redirect_request.ts";
import type { RequestBody } from "./request_body.ts";

/** Where a chain of redirects ended. */
export interface FinalAnswer {
  readonly incoming: IncomingMessage;
  readonly hop: Hop;
  readonly redirected: boolean;
}

/** What following needs. */
export interface FollowOptions {
  readonly redirect: EgressRequest["redirect"];
  readonly body: RequestBody | null;
  readonly limits: EgressLimits;
  /** Checks one hop and sends it. `from` is the host that redirected here. */
  readonly send: (hop: Hop, from: string | undefined) => Promise<IncomingMessage>;
}

/**
 * Sends `first` and whatever it is redirected to; each hop is checked like a request of its own.
 * @throws {AirlockError} what `send` throws; `resource_limit` above `redirects`; `upstream_failed`
 * for a redirect that must not or cannot be followed.
 */
export async function followRedirects(first: Hop, options: FollowOptions): Promise<FinalAnswer> {
  const { body, limits } = options;
  let hop = first;
  let from: string | undefined;
  for (let redirects = 0;; redirects++) {
    const incoming = await options.send(hop, from);
    const status = incoming.statusCode ?? 0;
    const location = incoming.headers.location;
    const stays = options.redirect === "manual" || !isRedirect(status) || location === undefined;
    if (stays) return { incoming, hop, redirected: redirects > 0 };
    discard(incoming);
    from = grantFor(targetOf(hop.url));
    if (options.redirect === "error") throw refused(from, "redirected, which was not wanted");
    if (redirects >= limits.redirects) throw limitReached("redirects", limits.redirects);
    const next = redirectedHop(hop, { status, location });
    if (next === null) throw refused(from, "redirected to an address that is not allowed");
    if (!next.hasBody) body?.cancel(new DOMException("redirected", "AbortError"));
    else if (body !== null && !await body.complete()) {
      throw refused(from, "redirected, and the request body is too large to send again");
    }
    hop = next;
  }
}

/** Frees the connection: keeps it where the body is short, else closes it. */
function discard(incoming: IncomingMessage): void {
  // The body of a redirect means nothing, so neither does its failure.
  incoming.on("error", () => {});
  if (Number(incoming.headers["content-length"] ?? Infinity) <= 16_384) incoming.resume();
  else incoming.destroy();
}

function refused(host: string, state: string): Error {
  return upstreamFailed(host, { state, reason: "redirect" });
}
