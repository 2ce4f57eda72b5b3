import type { RawBridge } from "../../tests/support/raw_bridge.ts";
import { type BenchPart, measurement } from "../parts/bench_part.ts";
import { rssBytes } from "../processes/process_memory.ts";
import { timed } from "../timed.ts";
import { BenchGateway } from "./bench_gateway.ts";

const BRIDGES = 500;

/** Of one account: as many as it may have connected. */
const PER_ACCOUNT = 10;

/** A gateway looks up so many keys at a time, and has the others come again. */
const AT_ONCE = 16;

const TOOLS = 10;

const SETTLE_MS = 3_000;

/** As long as those of tools that people write. */
const INPUT_SCHEMA = {
  type: "object",
  properties: Object.fromEntries(
    Array.from({ length: 5 }, (_, at) => [`argument${at}`, {
      type: "string",
      description: "What the tool should look at, relative to the directory it was started in",
    }]),
  ),
};

/** Bridges that are connected to one gateway and wait: what each takes, and how they came in. */
export const measureManyBridges: BenchPart = async ({ progress }) => {
  progress(`${BRIDGES} bridges`);
  const { RawBridge, registerMessage } = await import("../../tests/support/raw_bridge.ts");
  await using gateway = await BenchGateway.start({ others: BRIDGES / PER_ACCOUNT });
  const { url, otherKeys, kind } = gateway.opened;
  const open: RawBridge[] = [];
  await using stack = new AsyncDisposableStack();
  const tools = Array.from({ length: TOOLS }, (_, at) => ({
    ...{ name: `tool${at}`, description: "Looks at a part of what is there, and says what it is" },
    ...{ inputSchema: INPUT_SCHEMA, outputSchema: null },
  }));
  const connect = async (key: string, name: string) => {
    const raw = new RawBridge(url, { key });
    await raw.opened;
    const registered = raw.next("registered");
    raw.send(registerMessage([], { name, servers: [{ id: "bench", name: "Bench", tools }] }));
    await registered;
    open.push(raw);
    stack.use(raw);
  };
  // What the first one costs, such as code that is compiled, is not of each.
  for (let at = 0; at < PER_ACCOUNT; at++) await connect(otherKeys[0]!, `laptop${at}`);
  await pause(SETTLE_MS);
  const beforeBytes = rssBytes(gateway.pid);
  const tookMs: number[] = [];
  const rest = otherKeys.slice(1).values();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (const key of rest) {
      for (let at = 0; at < PER_ACCOUNT; at++) {
        tookMs.push(await timed(() => connect(key, `laptop${at}`)));
      }
    }
  }));
  await pause(SETTLE_MS);
  const eachMib = (rssBytes(gateway.pid) - beforeBytes) / 2 ** 20 / (BRIDGES - PER_ACCOUNT);
  const row = { part: "bridge" } as const;
  return [
    measurement(`${BRIDGES} bridges: memory of each, RSS`, [eachMib], {
      ...{ ...row, unit: "MiB" },
      note: `of one gateway; ${TOOLS} tools each`,
    }),
    measurement(`${BRIDGES} bridges: connecting and registering`, tookMs, {
      ...{ ...row, unit: "ms" },
      note: `${AT_ONCE} at a time, on ${kind}`,
    }),
    measurement(`${BRIDGES} bridges: connected`, [open.length], { ...row, unit: "bridges" }),
  ];
};

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
