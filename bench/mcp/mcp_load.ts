import { quantile } from "../statistics.ts";
import { type LineCall, type LineTransport, McpLine } from "./mcp_line.ts";

// The program of the load: a plan on stdin, its result on stdout; where clients are held, a second
// line on stdin ends them.

/** A closed loop of `tools/call` by clients that hold their sessions. */
export interface McpLoadPlan extends LineCall {
  readonly url: string;
  readonly transport: LineTransport;
  readonly clients: number;
  readonly warmUpMs: number;
  readonly durationMs: number;
}

/** What came of it. */
export interface McpLoadResult {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly perSecond: number;
}

/** Runs a plan. @throws {Error} as soon as a call fails. */
export async function runMcpLoad(plan: McpLoadPlan): Promise<McpLoadResult> {
  const url = new URL(plan.url);
  using stack = new DisposableStack();
  const clients: McpLine[] = [];
  while (clients.length < plan.clients) {
    clients.push(stack.use(await McpLine.open(url, plan.transport)));
  }
  const beginMs = performance.now() + plan.warmUpMs;
  const endMs = beginMs + plan.durationMs;
  const tookMs: number[] = [];
  await Promise.all(clients.map(async (client) => {
    while (performance.now() < endMs) {
      const startMs = performance.now();
      await client.call(plan);
      // What was under way counts too: at the end each client has one such call at least.
      if (performance.now() >= beginMs) tookMs.push(performance.now() - startMs);
    }
  }));
  return {
    p50Ms: quantile(tookMs, 0.5),
    p95Ms: quantile(tookMs, 0.95),
    perSecond: tookMs.length / ((performance.now() - beginMs) / 1_000),
  };
}

if (import.meta.main) {
  const result = await runMcpLoad(await new Response(Deno.stdin.readable).json());
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(result)));
}
