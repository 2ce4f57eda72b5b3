// The program that times a call inside the process of a QuickJS sandbox, without frames around it:
// how often on the command line, samples as JSON on stdout. Run with RESTORE_FLAGS.
import { join } from "node:path";
import { COMPARED_TOOL } from "../sandboxes/compared_tool.ts";
import { timed } from "../timed.ts";
import { InstanceBench } from "./instance_bench.ts";
import type { RestoreSamples } from "./run_restore_samples.ts";

/** Loading anew takes so much longer that fewer samples do. */
const RESTORED_PER_ANEW = 10;
const CALLS_PER_COLLECTION = 40;

const rounds = Number(Deno.args[0]);
const gc: () => void = Reflect.get(globalThis, "gc") ?? (() => {});
const directory = await Deno.makeTempDir({ prefix: "airlock-bench-" });
try {
  const bench = await InstanceBench.open(join(directory, "guest"));
  const prepareMs = await timed(() => bench.prepare(COMPARED_TOOL));
  const { snapshotBytes } = bench;
  const restoredMs = await sample(rounds, () => bench.callRestored());
  const anewMs = await sample(
    Math.ceil(rounds / RESTORED_PER_ANEW),
    () => bench.callAnew(COMPARED_TOOL),
  );
  const samples: RestoreSamples = { prepareMs, snapshotBytes, restoredMs, anewMs };
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(samples)));
} finally {
  await Deno.remove(directory, { recursive: true });
}

async function sample(times: number, work: () => Promise<void>): Promise<number[]> {
  const samples: number[] = [];
  for (let n = 0; n < times; n++) {
    samples.push(await timed(work));
    if (n % CALLS_PER_COLLECTION === 0) gc();
  }
  return samples;
}
