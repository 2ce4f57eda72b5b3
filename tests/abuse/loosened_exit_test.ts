import assert from "node:assert/strict";
import { exitWithin } from "../support/hostile_sandbox.ts";
import { callLoosened, failsWithCode, withLoosened } from "../support/loosened_call.ts";
import { ATTACK_LIMITS } from "./attacks/attack.ts";

const EXIT = `export const attack = () => Deno.exit(0);`;
const NEVER = `export const attack = () => ({ then() {} });`;

Deno.test("without the refusal of exits a tool ends its process", async () => {
  const loose = {
    guest: [{
      file: "sandboxes/guest_host/guest_lockdown.ts",
      from: `refuseMethods(Deno, ["exit", "kill",`,
      to: `refuseMethods(Deno, ["kill",`,
    }],
  };
  failsWithCode(await callLoosened(loose, EXIT), "sandbox_crashed");
  failsWithCode(await callLoosened({}, EXIT), "tool_error");
});

Deno.test("without the watch on its end a call outlives its process", async () => {
  const untold = {
    host: [{
      file: "sandboxes/process/hosted_sandbox.ts",
      from: "this.#calls.failAll(exit, this.#isTold);",
      to: "",
    }],
    guest: [{
      file: "sandboxes/guest_host/guest_lockdown.ts",
      from: `refuseMethods(Deno, ["exit", "kill",`,
      to: `refuseMethods(Deno, ["kill",`,
    }],
  };
  const limits = { ...ATTACK_LIMITS, timeoutMs: 1_000 };
  await withLoosened(untold, { source: EXIT, limits }, async (loaded) => {
    const call = loaded.call({ limits });
    assert.equal((await exitWithin(loaded.sandbox, 5_000))?.reason, "exited");
    failsWithCode(await call, "deadline_exceeded");
  });
});

Deno.test("without the deadline a thenable that never answers keeps its call", async () => {
  const limits = { ...ATTACK_LIMITS, timeoutMs: 300 };
  const endless = {
    host: [{
      file: "sandboxes/process/active_call.ts",
      from: "}, timeoutMs);",
      to: "}, timeoutMs + 1e6);",
    }],
  };
  await withLoosened(endless, { source: NEVER, limits }, async (loaded) => {
    const call = loaded.call({ limits });
    assert.equal(await exitWithin(loaded.sandbox, 1_500), null);
    await loaded[Symbol.asyncDispose]();
    assert.notEqual((await call).error, undefined);
  });
  await withLoosened({}, { source: NEVER, limits }, async (loaded) => {
    failsWithCode(await loaded.call({ limits }), "deadline_exceeded");
  });
});
