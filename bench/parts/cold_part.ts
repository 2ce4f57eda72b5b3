import type { ExecutionMeta } from "../../spec/execution.ts";
import { AirlockServer } from "../processes/airlock_server.ts";
import { bareDenoMs, evaluationMs } from "../processes/deno_once.ts";
import { HTML_CALL } from "../processes/measured_tools.ts";
import { stdioFirstCallMs } from "../processes/stdio_call.ts";
import type { Measurement } from "../measurement.ts";
import { type BenchPart, measurement, ratioTo } from "./bench_part.ts";

/** A call that gets a process of its own, so that every one of them starts cold. */
const COLD_CALL = JSON.stringify({ ...JSON.parse(HTML_CALL), isolation: "per-call" });

/** How long a blank is left alone before it is used: it must have started, and calmed down. */
const SETTLE_MS = 120;

/**
 * Calls in sandboxes that were never used, beside what else starts a process for a tool. One of
 * each in turn, so that what the machine does meanwhile meets all of them.
 */
export const measureColdStarts: BenchPart = async ({ effort, progress }) => {
  await using withBlanks = await AirlockServer.start();
  await using without = await AirlockServer.start({ blankSandboxes: 0 });
  await Promise.all([withBlanks.call(COLD_CALL), without.call(COLD_CALL)]);
  const module = await bundleOf(withBlanks);
  const firstRunMs: number[] = [];
  const subjects: Readonly<Record<string, () => Promise<number | null>>> = {
    "bare deno run": bareDenoMs,
    "module's own evaluation": () => evaluationMs(module),
    "cold call, no pool": () => coldCallMs(without, "new"),
    "cold call, from a blank": async () => {
      await withBlanks.untilBlank(2);
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      return await coldCallMs(
        withBlanks,
        "blank",
        ({ timings }) => firstRunMs.push(timings.tool ?? 0),
      );
    },
    "stdio MCP server, node": () => stdioFirstCallMs("node"),
    "stdio MCP server, npx": () => stdioFirstCallMs("npx"),
  };
  const samples = new Map(Object.keys(subjects).map((name) => [name, [] as number[]]));
  for (let round = 0; round <= effort.coldStarts; round++) {
    progress(`cold starts ${round} of ${effort.coldStarts}`);
    for (const [name, measure] of Object.entries(subjects)) {
      const tookMs = await measure();
      // The first round fills the machine's file cache.
      if (round > 0 && tookMs !== null) samples.get(name)?.push(tookMs);
    }
  }
  const firstRun = measurement("tool's own first run, in a cold call", firstRunMs, {
    part: "cold",
    unit: "ms",
  });
  return [...rows(samples), firstRun];
};

function rows(samples: ReadonlyMap<string, readonly number[]>): Measurement[] {
  const of = (name: string) => samples.get(name) ?? [];
  const row = { part: "cold", unit: "ms" } as const;
  const evaluation = of("module's own evaluation");
  const beyond = of("cold call, from a blank").map((tookMs, at) => tookMs - (evaluation[at] ?? 0));
  return [
    ...[...samples].map(([name, taken]) =>
      measurement(name, taken, {
        ...row,
        ratio: ratioTo("bare deno run", { samples: taken, others: of("bare deno run") }),
      })
    ),
    measurement("cold call, from a blank, beyond evaluation", beyond, {
      ...row,
      note: "the tool's own first run included",
    }),
  ];
}

/** @returns `null` where the call did not start as wanted, so that it is no sample. */
async function coldCallMs(
  airlock: AirlockServer,
  start: "new" | "blank",
  look: (meta: ExecutionMeta) => void = () => {},
): Promise<number | null> {
  const startedMs = performance.now();
  const { meta } = await airlock.call(COLD_CALL);
  const tookMs = performance.now() - startedMs;
  look(meta);
  return meta.start === start ? tookMs : null;
}

/** The one bundle that a gateway has stored. */
async function bundleOf(airlock: AirlockServer): Promise<string> {
  const artifacts = `${airlock.dataDirectory}/store/artifacts`;
  for await (const { name } of Deno.readDir(artifacts)) {
    for await (const file of Deno.readDir(`${artifacts}/${name}/code`)) {
      if (file.isFile && file.name.endsWith(".mjs")) {
        return `${artifacts}/${name}/code/${file.name}`;
      }
    }
  }
  throw new Error("find the bundle: nothing is stored");
}
