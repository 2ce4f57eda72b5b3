import { fileURLToPath } from "node:url";
import { AirlockServer } from "../processes/airlock_server.ts";
import { HTML_CALL } from "../processes/measured_tools.ts";
import {
  type ProcessNode,
  processTree,
  pssBytes,
  rssBytes,
  treePssBytes,
} from "../processes/process_memory.ts";
import { type BenchPart, measurement, ratioTo } from "./bench_part.ts";

const MIB = 2 ** 20;
const SETTLE_MS = 1_500;
const BLANKS = 4;
const CALLS = 20;

/** Memory of the gateway and of its sandboxes, before any call and after the first ones. */
export const measureMemory: BenchPart = async ({ progress }) => {
  progress("memory");
  await using airlock = await AirlockServer.start({ blankSandboxes: BLANKS });
  await airlock.untilBlank(BLANKS);
  await pause(SETTLE_MS);
  const { pid } = airlock.server;
  const idleGateway = [rssBytes(pid) / MIB];
  const idleGatewayPss = [pssBytes(pid) / MIB];
  const blanks = sandboxes(pid);
  const blankMib = blanks.map((tree) => treePssBytes(tree) / MIB);
  for (let call = 0; call < CALLS; call++) await airlock.call(HTML_CALL);
  await airlock.untilBlank(BLANKS);
  await pause(SETTLE_MS);
  // One of the former blanks is loaded now, and has grown the most; its successor is another process.
  const left = blanks.filter((tree) => sandboxes(pid).some((one) => one.pid === tree.pid));
  const loadedMib = Math.max(...left.map((tree) => treePssBytes(tree) / MIB));
  const bareMib = await bareDenoMib();
  const row = { part: "memory", unit: "MiB" } as const;
  return [
    measurement("idle bare deno, PSS", bareMib, { ...row, note: `${BLANKS} that do nothing` }),
    measurement("idle gateway, RSS", idleGateway, row),
    measurement("idle gateway, PSS", idleGatewayPss, row),
    measurement("idle blank sandbox, PSS", blankMib, {
      ...row,
      note: `${blanks.length} of them, wrappers included`,
      ratio: ratioTo("idle bare deno, PSS", { samples: blankMib, others: bareMib }),
    }),
    measurement("preloaded sandbox, PSS", [loadedMib], { ...row, note: `after ${CALLS} calls` }),
    measurement("gateway after calls, RSS", [rssBytes(pid) / MIB], {
      ...row,
      note: "it has built a package",
    }),
  ];
};

/** What Deno processes take that wait and do nothing, as many as there are blanks. */
async function bareDenoMib(): Promise<number[]> {
  const program = fileURLToPath(new URL("../servers/idle.ts", import.meta.url));
  const idle = Array.from({ length: BLANKS }, () =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-config", "--no-lock", "--quiet", program],
      stdin: "piped",
    }).spawn());
  await pause(SETTLE_MS);
  const taken = idle.map(({ pid }) => pssBytes(pid) / MIB);
  await Promise.all(idle.map(async ({ stdin, status }) => {
    await stdin.close();
    await status;
  }));
  return taken;
}

/** The process trees below the gateway that run a guest. */
function sandboxes(gatewayPid: number): ProcessNode[] {
  return processTree(gatewayPid).children.filter(({ pid }) => {
    try {
      return Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes("guest.js");
    } catch {
      return false; // It has ended since it was listed.
    }
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
