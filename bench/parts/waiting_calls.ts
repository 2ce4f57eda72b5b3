import type { ExecutionResult } from "../../spec/execution.ts";
import { FakeNpmRegistry } from "../../tests/support/fake_npm_registry.ts";
import { AirlockServer } from "../processes/airlock_server.ts";
import { timed } from "../timed.ts";
import { type BenchPart, measurement } from "./bench_part.ts";

const CALLS = 1_000;

/** How long what the calls ask takes to answer: longer than all of them take to begin. */
const ANSWER_MS = 10_000;

/** Room for all calls at once: eight processes of QuickJS sandboxes, as sixteen of all kinds allow. */
const SETTINGS = {
  AIRLOCK_CALL_CONCURRENCY: "128",
  AIRLOCK_MAX_SANDBOXES: "16",
  AIRLOCK_QUEUE_LIMIT: "1000",
  AIRLOCK_QUEUE_WAIT_MS: "60000",
};

/** Calls that all wait for one answer from the network at once, each in an instance of its own. */
export const measureWaitingCalls: BenchPart = async ({ progress }) => {
  progress(`QuickJS, ${CALLS} calls that wait`);
  const asked = { now: 0, most: 0 };
  await using upstream = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async () => {
    asked.most = Math.max(asked.most, ++asked.now);
    await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
    asked.now--;
    return new Response("late");
  });
  const { port } = upstream.addr;
  await using registry = await FakeNpmRegistry.start();
  await registry.publish({
    name: "bench-wait",
    version: "1.0.0",
    packageJson: { type: "module", exports: "./index.js" },
    files: {
      "index.js": "export const wait = async ({ url }) => (await fetch(url)).text();\n",
    },
  });
  await using airlock = await AirlockServer.start({
    registry: registry.url,
    env: { ...SETTINGS, AIRLOCK_NET_ALLOW_PRIVATE: `127.0.0.1:${port}` },
  });
  const body = JSON.stringify({
    ...{ packageName: "bench-wait", version: "1.0.0", name: "wait", runtime: "quickjs" },
    params: { url: `http://127.0.0.1:${port}/` },
    permissions: { net: [`127.0.0.1:${port}`] },
    limits: { timeoutMs: 60_000 },
  });
  await airlock.call(body);
  const failures: string[] = [];
  const call = async () => {
    const response = await fetch(airlock.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    const result: ExecutionResult = await response.json();
    if (!result.success) failures.push(result.error);
  };
  const samples = await Promise.all(Array.from({ length: CALLS }, () => timed(call)));
  const row = { part: "quickjs" } as const;
  return [
    measurement("QuickJS, calls that wait, all at once", samples, {
      ...{ ...row, unit: "ms" },
      note: `${CALLS} calls, ${asked.most} waiting at once, for ${ANSWER_MS / 1000} s`,
    }),
    measurement("QuickJS, calls that wait and failed", [failures.length], {
      ...{ ...row, unit: "calls" },
      note: failures[0] ?? `of ${CALLS}`,
    }),
  ];
};
