import { AirlockServer } from "../processes/airlock_server.ts";
import { HTML_CALL } from "../processes/measured_tools.ts";
import { type BenchPart, measurement } from "./bench_part.ts";

/** The first call of a package that the gateway has never seen: resolve, fetch, build, probe, run. */
export const measureFirstCalls: BenchPart = async ({ effort, progress }) => {
  const totalMs: number[] = [];
  const ownMs: number[] = [];
  const networkMs: number[] = [];
  for (let round = 1; round <= effort.firstCalls; round++) {
    progress(`first call ${round} of ${effort.firstCalls}`);
    await using airlock = await AirlockServer.start();
    await airlock.untilBlank(1);
    const { meta: { timings } } = await airlock.call(HTML_CALL);
    const total = timings.total ?? 0;
    // Asking for the version is network too; its own work is a fraction of a millisecond.
    const network = (timings.network ?? 0) + (timings.resolve ?? 0);
    totalMs.push(total);
    networkMs.push(network);
    ownMs.push(total - network);
  }
  const row = { part: "first", unit: "ms" } as const;
  return [
    measurement("first-ever call", totalMs, { ...row, note: "empty cache, real package" }),
    measurement("first-ever call: network", networkMs, row),
    measurement("first-ever call: without network", ownMs, row),
  ];
};
