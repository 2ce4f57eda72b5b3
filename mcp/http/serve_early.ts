import type { RequestId } from "@modelcontextprotocol/server";
import type { EarlyCall } from "../server/early_call.ts";
import type { RunningExchange } from "./session_calls.ts";
import { EXCHANGE_TIMES } from "./session_exchange.ts";

/** How a call that runs already is answered. */
export interface EarlyAnswer {
  readonly id: RequestId;
  readonly begun: EarlyCall;
  /** Notes that it runs, so that it can be cancelled, until what it returns is called. */
  readonly hold: (running: RunningExchange) => (() => void) | undefined;
  /** Has a server of the SDK go on with it, and answer by a stream after that time. */
  readonly handOver: (patienceMs: number) => Promise<Response>;
}

/** Answers a call of the session era: by itself where it has a plain result soon. */
export async function serveEarly(
  { signal }: Request,
  { id, begun, hold, handOver }: EarlyAnswer,
): Promise<Response> {
  const { patienceMs } = EXCHANGE_TIMES;
  const startMs = performance.now();
  const leave = () => begun.leave(signal.reason);
  signal.addEventListener("abort", leave, { once: true });
  const timer = setTimeout(() => begun.hurry(), patienceMs);
  const release = hold({
    cancel: (_id, reason) => begun.leave(reason),
    close: () => Promise.resolve(begun.leave()),
  });
  const outcome = await begun.outcome;
  release?.();
  clearTimeout(timer);
  signal.removeEventListener("abort", leave);
  // A cancelled request has no result.
  if (outcome === "left") return new Response(null, { status: 202 });
  if (outcome !== "more") return Response.json({ result: outcome, jsonrpc: "2.0", id });
  return await handOver(Math.max(0, patienceMs - (performance.now() - startMs)));
}
