import type { McpToolResult } from "../../spec/mcp_content.ts";
import type { EarlyCall } from "../server/early_call.ts";
import type { RunningExchange } from "./session_calls.ts";

/** How a call that runs already is answered. */
export interface EarlyAnswer {
  readonly begun: EarlyCall;
  /** After so long somebody goes on with it; absent where it may take its time. */
  readonly patienceMs?: number;
  /** Notes that it runs, so that it can be ended, until what it returns is called. */
  readonly hold: (running: RunningExchange) => (() => void) | undefined;
  /** The message that a plain result is told by. */
  readonly message: (result: McpToolResult) => object;
  /** Has a server of the SDK go on with it, with so much of the patience left. */
  readonly handOver: (leftMs: number) => Promise<Response>;
  /** Status for a client that does not wait any more. */
  readonly leftStatus: number;
}

/** Answers a call by itself where it has a plain result soon, else by a server of the SDK. */
export async function serveEarly(
  { signal }: Request,
  { begun, patienceMs, hold, message, handOver, leftStatus }: EarlyAnswer,
): Promise<Response> {
  const startMs = performance.now();
  const leave = () => begun.leave(signal.reason);
  if (signal.aborted) leave();
  signal.addEventListener("abort", leave, { once: true });
  const timer = patienceMs && setTimeout(() => begun.hurry(), patienceMs);
  const release = hold({
    cancel: (_id, reason) => begun.leave(reason),
    close: () => Promise.resolve(begun.leave()),
  });
  const outcome = await begun.outcome;
  release?.();
  clearTimeout(timer);
  signal.removeEventListener("abort", leave);
  if (outcome === "left") return new Response(null, { status: leftStatus });
  if (outcome !== "more") return Response.json(message(outcome));
  return await handOver(Math.max(0, (patienceMs ?? 0) - (performance.now() - startMs)));
}
