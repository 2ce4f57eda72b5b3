import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import type { CallContext, ExecutionResult } from "../../spec/execution.ts";
import type { CallPin } from "../../spec/pin.ts";
import { callWorld } from "../../tests/support/call_world.ts";
import type { PrepareRequest } from "../artifact/prepare_artifact.ts";

const PIN: CallPin = {
  collectionId: "col_1",
  toolId: "tool_1",
  source: "npm",
  packageName: "sample",
  version: "1.0.0",
  lock: { packages: { "sample@1.0.0": "sha512-A" }, modules: {} },
  lockHash: "lock",
  definitionHashes: { echo: "definition" },
};

function assertHeld(result: ExecutionResult, part: string): void {
  assert.equal(result.success, false, "it ran");
  assert.ok(!result.success);
  assert.equal(result.code, "quarantined", result.error);
  assert.equal(result.details?.part, part);
  assert.match(result.suggestion ?? "", /airlock pins diff col_1 tool_1/);
  assert.notEqual(result.retryable, true);
}

Deno.test("checkPin() lets through what is as it was pinned", async () => {
  const { call, steps } = callWorld();
  const result = await call({}, { pin: PIN });
  assert.equal(result.success, true, JSON.stringify(result));
  assert.ok(steps.includes("acquire"));
});

Deno.test("checkPin() does nothing to calls without a pin", async () => {
  const { call } = callWorld({ fingerprint: () => assert.fail("no pin, no hash") });
  assert.equal((await call()).success, true);
});

const CHANGED: readonly (readonly [part: string, change: Parameters<typeof callWorld>[0]])[] = [
  ["lock", { fingerprint: () => ({ lockHash: "other", definitionHashOf: () => "definition" }) }],
  ["definition", { fingerprint: () => ({ lockHash: "lock", definitionHashOf: () => "other" }) }],
  ["definition", { fingerprint: () => ({ lockHash: "lock", definitionHashOf: () => undefined }) }],
  ["version", {
    manifest: { resolved: { source: "npm", packageName: "sample", version: "1.0.1" } },
  }],
  ["version", { manifest: { resolved: { source: "npm", packageName: "evil", version: "1.0.0" } } }],
];

for (const [part, change] of CHANGED) {
  Deno.test(`checkPin() holds back a tool whose ${part} changed, and has it noted`, async () => {
    const noted: string[] = [];
    const world = callWorld(change);
    const onHeld: CallContext["onHeld"] = ({ toolName }) => noted.push(toolName);
    assertHeld(await world.call({}, { pin: PIN, onHeld }), part);
    assert.deepEqual(noted, ["echo"]);
    assert.ok(!world.steps.includes("acquire"), "no sandbox was asked for");
    assert.ok(!world.steps.includes("egress"), "nothing went out");
    assert.ok(world.steps.includes("release"), "the artifact was let go");
    // The attack that the pin is there for: without one the changed tool runs.
    assert.equal((await world.call()).success, true);
  });
}

Deno.test("checkPin() runs no tool of the package that was not pinned", async () => {
  const { call } = callWorld();
  assertHeld(
    await call({}, { pin: { ...PIN, definitionHashes: { other: "definition" } } }),
    "tool",
  );
  const inherited = { ...PIN, definitionHashes: {} };
  assertHeld(await call({}, { pin: inherited }), "tool");
});

Deno.test("pinnedWish() asks for the pinned version, whatever the call names", async () => {
  const asked: PrepareRequest[] = [];
  const world = callWorld();
  const { call } = callWorld({
    prepare(request) {
      asked.push(request);
      return Promise.reject(new AirlockError("shutting_down", "Preparing: not now"));
    },
  });
  for (const version of [undefined, "latest", "^1.0.0", "1.0.0", ">=0"]) {
    await call({ ...(version !== undefined && { version }), source: "esm" }, { pin: PIN });
  }
  const wish = { packageName: "sample", version: "1.0.0", source: "npm", lock: PIN.lock };
  assert.deepEqual(asked, Array(5).fill(wish));
  for (const version of ["1.0.1", "2.0.0-beta.1", "0.9.0"]) {
    assertHeld(await world.call({ version }, { pin: PIN }), "version");
  }
  assertHeld(await world.call({ packageName: "evil" }, { pin: PIN }), "package");
  assertHeld(await world.call({ importUrl: "https://x/evil" }, { pin: PIN }), "package");
  assert.deepEqual(world.steps, [], "nothing was even prepared");
});

Deno.test("pinnedFailure() holds back what is published differently now", async () => {
  for (const details of [{ step: "lock" }, { step: "fetch", reason: "lock_mismatch" }]) {
    const error = new AirlockError("artifact_failed", "verify lock: it differs", { details });
    const { call } = callWorld({ prepare: () => Promise.reject(error) });
    assertHeld(await call({}, { pin: PIN }), "lock");
    const plain = await call();
    assert.equal(!plain.success && plain.code, "artifact_failed");
  }
  const other = new AirlockError("artifact_failed", "install: it fails", {
    details: { step: "install" },
  });
  const { call } = callWorld({ prepare: () => Promise.reject(other) });
  const failed = await call({}, { pin: PIN });
  assert.equal(!failed.success && failed.code, "artifact_failed");
});
