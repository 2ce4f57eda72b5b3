import assert from "node:assert/strict";
import { callWorld } from "../tests/support/call_world.ts";
import { AirlockError } from "../spec/errors.ts";
import type { Sandbox } from "../spec/sandbox.ts";

Deno.test("createCallTool() takes the steps in order and notes what happened", async () => {
  const { steps, unexpected, noted, call } = callWorld();
  const result = await call();
  assert.equal(result.success && result.output, "out");
  assert.deepEqual(steps, [
    "prepare",
    "validate",
    "select",
    "acquire",
    "egress",
    "close",
    "release",
  ]);
  const { meta } = result;
  assert.deepEqual(
    [meta.requestId, meta.runtime, meta.start, meta.artifact, meta.version, meta.isolation],
    ["r1", "deno", "preloaded", "d1", "1.0.0", "bubblewrap"],
  );
  assert.deepEqual(meta.logs.map(({ message }) => message), ["said"]);
  assert.equal(meta.droppedLogBytes, 7);
  const { resolve, acquire, load, tool } = meta.timings;
  assert.deepEqual([resolve, acquire, load, tool], [4, 1, 2, 3]);
  assert.deepEqual(noted, [{
    ...{ digest: "d1", runtime: "deno", startMs: 3, toolMs: 3, cold: false },
  }]);
  assert.deepEqual(unexpected, []);
});

Deno.test("createCallTool() keeps the log of a call that fails, and how much of it was dropped", async () => {
  const { call } = callWorld({
    invoke: (_invocation, host) => {
      host.onLog({ level: "info", message: "last words", atMs: 1 });
      host.onDropped?.(9);
      return Promise.reject(new AirlockError("tool_error", "threw", { stage: "execute" }));
    },
  });
  const { success, meta } = await call();
  assert.equal(success, false);
  assert.deepEqual(meta.logs.map(({ message }) => message), ["last words"]);
  assert.equal(meta.droppedLogBytes, 9);
});

Deno.test("createCallTool() tells whether a failure is worth another try, as its error says", async () => {
  for (const retryable of [true, false]) {
    const { call } = callWorld({
      invoke: () => Promise.reject(new AirlockError("tool_error", "m", { retryable })),
    });
    const result = await call();
    assert.ok(!result.success);
    assert.equal(result.retryable, retryable);
  }
});

Deno.test("createCallTool() runs nothing after a step that refused", async () => {
  const refuse = (code: "artifact_failed" | "invalid_input" | "no_runtime") => () => {
    throw new AirlockError(code, "Refusing: as told", { stage: "select" });
  };
  const cases = [
    [callWorld({ prepare: () => Promise.reject(new AirlockError("artifact_failed", "m")) }), []],
    [callWorld({ validate: refuse("invalid_input") }), ["prepare", "release"]],
    [callWorld({ select: refuse("no_runtime") }), ["prepare", "validate", "release"]],
    [callWorld({ pools: new Map() }), ["prepare", "validate", "select", "release"]],
  ] as const;
  for (const [{ call, steps, unexpected }, expected] of cases) {
    const result = await call();
    assert.equal(result.success, false);
    assert.deepEqual(steps, expected);
    assert.deepEqual(unexpected, []);
  }
});

Deno.test("createCallTool() refuses bad env and permissions before a sandbox is touched", async () => {
  for (const request of [{ env: { LD_PRELOAD: "x" } }, { permissions: { fs: "tmp" as const } }]) {
    const { call, steps } = callWorld();
    const result = await call(request);
    assert.ok(!result.success && ["invalid_input", "permission_denied"].includes(result.code));
    assert.equal(steps.includes("acquire"), false);
    assert.equal(steps.at(-1), "release");
  }
});

Deno.test("createCallTool() closes egress and lets go of the artifact on every outcome", async () => {
  const failures: Sandbox["invoke"][] = [
    () => Promise.reject(new AirlockError("tool_error", "threw", { stage: "execute" })),
    () => Promise.reject(new Error("crash")),
    () => {
      throw new TypeError("at once");
    },
  ];
  for (const invoke of failures) {
    const { call, steps } = callWorld({ invoke });
    assert.equal((await call()).success, false);
    assert.deepEqual(steps.slice(-3), ["egress", "close", "release"]);
  }
});

Deno.test("createCallTool() never rejects, and tells nothing of an error nobody foresaw", async () => {
  const secret = "password=hunter2 at /srv/airlock";
  const parts: Parameters<typeof callWorld>[0][] = [
    { prepare: () => Promise.reject(new Error(secret)) },
    { select: () => assert.fail(secret) },
    { validate: () => assert.fail(secret) },
    { invoke: () => Promise.reject(new RangeError(secret)) },
    { openEgress: () => assert.fail(secret) },
    { invoke: () => Promise.reject(undefined) },
  ];
  for (const part of parts) {
    const { call, unexpected } = callWorld(part);
    const result = await call();
    assert.ok(!result.success);
    assert.equal(result.code, "internal");
    assert.doesNotMatch(JSON.stringify(result), /hunter2|srv/);
    assert.equal(unexpected.length, 1);
  }
});

Deno.test("createCallTool() takes a caller who went away for no failure of its own", async () => {
  const { call, unexpected } = callWorld({
    prepare: (_request, { signal }) => {
      signal.throwIfAborted();
      return assert.fail("the signal was not handed on");
    },
  });
  const result = await call({}, { signal: AbortSignal.abort() });
  assert.ok(!result.success);
  assert.deepEqual([result.code, result.details], ["deadline_exceeded", { by: "caller" }]);
  assert.deepEqual(unexpected, []);
});

Deno.test("createCallTool() says which variable a failing tool lacks", async () => {
  const invoke = () => Promise.reject(new AirlockError("tool_error", "401", { stage: "execute" }));
  const lacking = await callWorld({ invoke }).call({ env: {} });
  assert.ok(!lacking.success);
  assert.match(lacking.suggestion ?? "", /API_KEY/);
  const equipped = await callWorld({ invoke }).call();
  assert.ok(!equipped.success);
  assert.equal(equipped.suggestion, undefined);
});

Deno.test("callTool() makes kept values unreadable in what the tool logs", async () => {
  const { call } = callWorld();
  const lines: string[] = [];
  const { meta } = await call({}, {
    grant: { redact: (text) => text.replaceAll("said", "***") },
    onLog: ({ message }) => lines.push(message),
  });
  assert.deepEqual(lines, ["***"]);
  assert.deepEqual(meta.logs.map(({ message }) => message), ["***"]);
});
