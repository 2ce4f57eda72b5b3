import { fileURLToPath } from "node:url";
import { McpLine } from "../mcp/mcp_line.ts";
import type { McpLoadPlan, McpLoadResult } from "../mcp/mcp_load.ts";
import { type McpSubject, openSubjects } from "../mcp/mcp_subjects.ts";
import type { Measurement } from "../measurement.ts";
import { processTree, treePssBytes } from "../processes/process_memory.ts";
import { type BenchPart, measurement, ratioTo } from "./bench_part.ts";

const CLIENTS = [1, 32] as const;

/** Sessions that come and go before memory is read, so that what grows once is there. */
const FIRST_SESSIONS = 20;

const PART = { part: "proxies" } as const;

/**
 * `tools/call` of a server: directly, through Airlock, and through proxies that others made, each
 * installed now into a temporary directory. Clients of the session era hold their sessions.
 */
export const measureProxies: BenchPart = async ({ effort, progress }) => {
  await using stack = new AsyncDisposableStack();
  const { subjects, missing } = await openSubjects(stack, { progress });
  const failed = new Map<string, string>(missing.map(({ name, reason }) => [name, reason]));
  // Ours must not fail; a proxy that does is a row that says so.
  const unless = async (subject: McpSubject, work: () => Promise<void>) => {
    if (failed.has(subject.name)) return;
    try {
      await work();
    } catch (error) {
      if (!subject.isForeign) throw error;
      failed.set(subject.name, error instanceof Error ? error.message : String(error));
    }
  };
  const results = new Map<string, McpLoadResult[]>();
  for (let round = 0; round <= effort.loadRounds; round++) {
    for (const clients of CLIENTS) {
      for (const subject of subjects) {
        progress(`proxies round ${round} of ${effort.loadRounds}: ${subject.name} at ${clients}`);
        const warmUpMs = round === 0 ? effort.warmUpMs : 200;
        await unless(subject, async () => {
          const result = await load(subject, { clients, warmUpMs, durationMs: effort.loadMs });
          const key = `${subject.name} @${clients}`;
          if (round > 0) results.set(key, [...results.get(key) ?? [], result]);
        });
      }
    }
  }
  const memory: Measurement[] = [];
  for (const subject of subjects) {
    progress(`proxies: memory of sessions, ${subject.name}`);
    await unless(subject, async () => void memory.push(await sessionMemory(subject)));
  }
  return [
    ...subjects.filter(({ name }) => results.has(`${name} @32`))
      .flatMap((subject) => rows(subject, results)),
    ...memory,
    ...[...failed].map(([name, reason]): Measurement => ({
      ...{ ...PART, name: `${name}: tools/call`, unit: "ms", samples: 0, median: null, p95: null },
      note: reason,
    })),
  ];
};

function rows(
  { name, note }: McpSubject,
  results: ReadonlyMap<string, readonly McpLoadResult[]>,
): Measurement[] {
  return CLIENTS.flatMap((clients) => {
    const taken = (subject: string, field: keyof McpLoadResult) =>
      (results.get(`${subject} @${clients}`) ?? []).map((result) => result[field]);
    const compared = (field: keyof McpLoadResult, what: string) => {
      const to = "direct, HTTP";
      if (name === to) return undefined;
      const [samples, others] = [taken(name, field), taken(to, field)];
      return ratioTo(`${to} @${clients}: ${what}`, { samples, others });
    };
    const row = (field: keyof McpLoadResult, what: string, unit: Measurement["unit"]) =>
      measurement(`${name} @${clients}: ${what}`, taken(name, field), {
        ...{ ...PART, unit, note, ratio: compared(field, what) },
      });
    return [
      row("p50Ms", "tools/call p50", "ms"),
      row("p95Ms", "tools/call p95", "ms"),
      row("perSecond", "throughput", "calls/s"),
    ];
  });
}

const PROGRAM = fileURLToPath(new URL("../mcp/mcp_load.ts", import.meta.url));

async function load(
  { url, transport, tool }: McpSubject,
  times: Pick<McpLoadPlan, "clients" | "warmUpMs" | "durationMs">,
): Promise<McpLoadResult> {
  const plan: McpLoadPlan = { url, transport, tool, args: { a: 1 }, ...times };
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--frozen", "-A", PROGRAM],
    ...{ stdin: "piped", stdout: "piped", stderr: "piped" },
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(plan)));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  const text = new TextDecoder().decode(success ? stdout : stderr);
  if (!success) throw new Error(`load ${url}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
}

/** What one session of a client takes that has called once, and stays: with the processes below. */
async function sessionMemory(subject: McpSubject): Promise<Measurement> {
  const { name, pid, heldSessions, note } = subject;
  const size = () => treePssBytes(processTree(pid));
  (await hold(subject, FIRST_SESSIONS)).dispose();
  const before = size();
  const held = await hold(subject, heldSessions);
  const gained = Math.max(0, size() - before);
  held.dispose();
  const row = measurement(`${name}: memory of a session`, [gained / heldSessions / 2 ** 20], {
    ...{ ...PART, unit: "MiB" },
    note: [`${heldSessions} held: ${Math.round(gained / 2 ** 20)} MiB`, note]
      .filter((text) => text !== undefined).join("; "),
  });
  return row;
}

async function hold(subject: McpSubject, count: number): Promise<DisposableStack> {
  const stack = new DisposableStack();
  while (count-- > 0) {
    const client = stack.use(await McpLine.open(new URL(subject.url), subject.transport));
    await client.call({ tool: subject.tool, args: { a: 1 } });
  }
  return stack;
}
