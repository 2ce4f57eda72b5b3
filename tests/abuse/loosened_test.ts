import assert from "node:assert/strict";
import { spawnCommand } from "../../sandboxes/process/spawn_command.ts";
import { type AttackOutcome, exitWithin, hasLevel } from "../support/hostile_sandbox.ts";
import type { Loosening } from "../support/loosened_build.ts";
import { callLoosened, failsWithCode, withLoosened } from "../support/loosened_call.ts";
import { ATTACK_LIMITS } from "./attacks/attack.ts";
import {
  BUFFERS_320_MB,
  BUSY_LOOP,
  HEAP_200_MB,
  LARGE_RESULT,
  LOADING_FLOOD,
  LOG_FLOOD,
  STRAY_FLOOD,
  THREAD,
} from "./attacks/loosened_attacks.ts";

// Each test takes one defence out and sees its attack come through, then sees it held with that
// defence in place: so the tests that are green elsewhere are known to be able to fail.

const NO_RSS_WATCH: Loosening = {
  file: "sandboxes/deno/deno_runtime.ts",
  from: "maxRssBytes: BASE_RSS_BYTES + need.limits.memoryBytes",
  to: "maxRssBytes: Infinity",
};
const NO_GUEST_OUTPUT_BOUND: Loosening = {
  file: "sandboxes/deno/guest_calls.ts",
  from: "maxBytes: outputBytes,",
  to: "maxBytes: Infinity,",
};

Deno.test("without the deadline a busy loop goes on", async () => {
  const limits = { ...ATTACK_LIMITS, timeoutMs: 300 };
  await withLoosened(
    {
      host: [{
        file: "sandboxes/process/active_call.ts",
        from: "}, timeoutMs);",
        to: "}, timeoutMs + 1e6);",
      }],
    },
    { source: BUSY_LOOP, limits },
    async (loaded) => {
      const call = loaded.call({ limits });
      assert.equal(await exitWithin(loaded.sandbox, 2_000), null);
      await loaded[Symbol.asyncDispose]();
      assert.notEqual((await call).error, undefined);
    },
  );
  await withLoosened({}, { source: BUSY_LOOP, limits }, async (loaded) => {
    failsWithCode(await loaded.call({ limits }), "deadline_exceeded");
  });
});

Deno.test("without the heap flag a heap grows past its limit", async () => {
  const answered = await callLoosened({ host: [NO_RSS_WATCH], command: wideHeap }, HEAP_200_MB);
  assert.equal(answered.report?.output, 200, String(answered.error));
  failsWithCode(await callLoosened({ host: [NO_RSS_WATCH] }, HEAP_200_MB), "resource_limit");
});

Deno.test({
  name: "without prlimit buffers grow past their limit",
  // A machine may lack the programs that this level needs; CI has them.
  ignore: !await hasLevel("rlimits"),
  async fn() {
    const answered = await callLoosened(
      { host: [NO_RSS_WATCH], command: withoutDataLimit },
      BUFFERS_320_MB,
      { level: "rlimits" },
    );
    assert.equal(answered.report?.output, 20, String(answered.error));
    const held = await callLoosened({ host: [NO_RSS_WATCH] }, BUFFERS_320_MB, { level: "rlimits" });
    assert.notEqual(held.error, undefined);
  },
});

Deno.test("without the watch on resident memory buffers grow past their limit", async () => {
  const answered = await callLoosened({ host: [NO_RSS_WATCH] }, BUFFERS_320_MB);
  assert.equal(answered.report?.output, 20, String(answered.error));
  failsWithCode(await callLoosened({}, BUFFERS_320_MB), "resource_limit");
});

Deno.test("without the refusal of threads one runs", async () => {
  const loose = {
    guest: [{
      file: "sandboxes/guest_host/guest_lockdown.ts",
      from: "  refuseThreads();\n",
      to: "",
    }],
  };
  const answered = await callLoosened(loose, THREAD);
  assert.equal(answered.report?.output, 7, String(answered.error));
  failsWithCode(await callLoosened({}, THREAD), "tool_error");
});

Deno.test("without either bound a large result gets through; each alone refuses it", async () => {
  const noHostBound: Loosening = {
    file: "sandboxes/process/hosted_sandbox.ts",
    from: "if (jsonBytes > outputBytes) call.fail",
    to: "if (false) call.fail",
  };
  const answered = await callLoosened(
    { guest: [NO_GUEST_OUTPUT_BOUND], host: [noHostBound] },
    LARGE_RESULT,
  );
  assert.equal(answered.report?.output, "x".repeat(100_000), String(answered.error));
  failsWithCode(
    await callLoosened({ guest: [NO_GUEST_OUTPUT_BOUND] }, LARGE_RESULT),
    "resource_limit",
  );
  failsWithCode(await callLoosened({ host: [noHostBound] }, LARGE_RESULT), "resource_limit");
});

Deno.test("without the bound on logs every line is kept", async () => {
  const kept = ({ logs }: AttackOutcome) =>
    logs.reduce((sum, { message }) => sum + message.length, 0);
  const loose = await callLoosened({
    host: [{
      file: "sandboxes/process/call_log.ts",
      from: "const roomBytes = this.#limitBytes - this.#keptBytes;",
      to: "const roomBytes = Infinity;",
    }],
  }, LOG_FLOOD);
  assert.equal(kept(loose), 260_000);
  const held = await callLoosened({}, LOG_FLOOD);
  assert.equal(kept(held), ATTACK_LIMITS.logBytes);
  assert.equal(held.report?.droppedLogBytes, 260_000 - ATTACK_LIMITS.logBytes);
});

Deno.test("without the bound on stray output a flood goes on", async () => {
  const unbound = {
    host: [{
      file: "sandboxes/process/tool_output.ts",
      from: "const STRAY_LIMIT_CHARACTERS = 16 * 1024 * 1024;",
      to: "const STRAY_LIMIT_CHARACTERS = Infinity;",
    }],
  };
  for (const flood of [STRAY_FLOOD, LOADING_FLOOD]) {
    const loose = await callLoosened(unbound, flood);
    assert.equal(loose.report?.output, "calm", String(loose.error));
  }
  failsWithCode(await callLoosened({}, STRAY_FLOOD), "sandbox_crashed");
  await assert.rejects(callLoosened({}, LOADING_FLOOD), { code: "sandbox_crashed", stage: "load" });
});

const wideHeap: typeof spawnCommand = (options) => {
  const command = spawnCommand(options);
  const wide = (arg: string) =>
    arg.replace(/--max-old-space-size=\d+/, "--max-old-space-size=2048");
  assert.ok(command.args.some((arg) => wide(arg) !== arg), "there is no such flag");
  return { ...command, args: command.args.map(wide) };
};

const withoutDataLimit: typeof spawnCommand = (options) => {
  const command = spawnCommand(options);
  const args = command.args.filter((arg) => !arg.startsWith("--data="));
  assert.equal(args.length, command.args.length - 1, "there is no such limit");
  return { ...command, args };
};
