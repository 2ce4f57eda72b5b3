import type { JsonObject } from "../../spec/json.ts";

/** Something that calls the tool of `servers/stdio_server`. */
export interface BenchClient {
  /** Resolves when the result has come. @throws {Error} where it is no result. */
  call(args: JsonObject): Promise<void>;
}

/** So many calls at a time, one after the other, for so long. @returns How long each took. */
export async function callFor(
  client: BenchClient,
  plan: { readonly inFlight: number; readonly durationMs: number; readonly args: JsonObject },
): Promise<number[]> {
  const tookMs: number[] = [];
  const endMs = performance.now() + plan.durationMs;
  await Promise.all(Array.from({ length: plan.inFlight }, async () => {
    for (let startedMs = performance.now(); startedMs < endMs;) {
      await client.call(plan.args);
      const nowMs = performance.now();
      tookMs.push(nowMs - startedMs);
      startedMs = nowMs;
    }
  }));
  return tookMs;
}
