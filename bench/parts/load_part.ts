import { fileURLToPath } from "node:url";
import { chooseGenerator } from "../load/choose_generator.ts";
import type { LoadResult } from "../load/load_generator.ts";
import type { Measurement } from "../measurement.ts";
import { AirlockServer } from "../processes/airlock_server.ts";
import { ECHO_CALL, HTML_CALL, openEchoRegistry } from "../processes/measured_tools.ts";
import { ServerProcess } from "../processes/server_process.ts";
import { type BenchPart, measurement, ratioTo } from "./bench_part.ts";

const CONNECTIONS = [1, 32] as const;

interface Subject {
  readonly name: string;
  readonly url: string;
  readonly body: string;
  /** Name of the subject that it is compared with. */
  readonly against: string;
}

/** Calls of preloaded tools, beside servers that run the same without a sandbox. */
export const measureLoad: BenchPart = async ({ effort, progress, remark }) => {
  await using registry = await openEchoRegistry();
  await using bareEcho = await startServer("hono_echo.ts");
  await using bareTool = await startServer("hono_tool.ts");
  await using airlockTool = await AirlockServer.start();
  await using airlockEcho = await AirlockServer.start({ registry: registry.url });
  await Promise.all([airlockTool.call(HTML_CALL), airlockEcho.call(ECHO_CALL)]);
  const subjects: readonly Subject[] = [
    bare("echo, bare Hono", { server: bareEcho, body: ECHO_CALL }),
    { name: "echo, Airlock", url: airlockEcho.url, body: ECHO_CALL, against: "echo, bare Hono" },
    bare("html, in-process", { server: bareTool, body: HTML_CALL }),
    { name: "html, Airlock", url: airlockTool.url, body: HTML_CALL, against: "html, in-process" },
  ];
  progress("load: comparing generators");
  const { generator, ceilings } = await chooseGenerator(subjects[0]!.url);
  remark(`load by ${generator.name}; against bare Hono at 32: ${JSON.stringify(ceilings)} calls/s`);
  const results = new Map<string, LoadResult[]>();
  for (let round = 0; round <= effort.loadRounds; round++) {
    const durationMs = round === 0 ? effort.warmUpMs : effort.loadMs;
    for (const connections of CONNECTIONS) {
      for (const { name, url, body } of subjects) {
        progress(`load round ${round} of ${effort.loadRounds}: ${name} at ${connections}`);
        const result = await generator.run({ url, body, connections, durationMs });
        if (result.failures > 0) throw new Error(`load ${name}: ${result.failures} failed`);
        const key = `${name} @${connections}`;
        if (round > 0) results.set(key, [...results.get(key) ?? [], result]);
      }
    }
  }
  return subjects.flatMap((subject) => rows(subject, results));
};

function rows(subject: Subject, results: ReadonlyMap<string, LoadResult[]>): Measurement[] {
  return CONNECTIONS.flatMap((connections) => {
    const name = `${subject.name} @${connections}`;
    const other = `${subject.against} @${connections}`;
    const taken = (key: string, field: keyof LoadResult) =>
      (results.get(key) ?? []).map((result) => result[field]);
    const compare = (field: keyof LoadResult, what: string) =>
      subject.against === subject.name ? undefined : ratioTo(`${other}: ${what}`, {
        samples: taken(name, field),
        others: taken(other, field),
      });
    const part = "load";
    return [
      measurement(`${name}: throughput`, taken(name, "perSecond"), {
        part,
        unit: "calls/s",
        ratio: compare("perSecond", "throughput"),
      }),
      measurement(`${name}: latency p50`, taken(name, "p50Ms"), {
        part,
        unit: "ms",
        ratio: compare("p50Ms", "latency p50"),
      }),
      measurement(`${name}: latency p95`, taken(name, "p95Ms"), {
        part,
        unit: "ms",
        ratio: compare("p95Ms", "latency p95"),
      }),
    ];
  });
}

function bare(
  name: string,
  of: { readonly server: ServerProcess; readonly body: string },
): Subject {
  return { name, url: `${of.server.url}/execute-tool`, body: of.body, against: name };
}

function startServer(file: string): Promise<ServerProcess> {
  const program = fileURLToPath(new URL(`../servers/${file}`, import.meta.url));
  return ServerProcess.start({ args: ["run", "--frozen", "-A", program], portAsArgument: true });
}
