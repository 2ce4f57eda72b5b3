import assert from "node:assert/strict";
import { EXIT } from "./exit_codes.ts";
import { unlessInterrupted } from "./unless_interrupted.ts";

Deno.test("unlessInterrupted() says of a failure only that it was interrupted, if it was", async () => {
  const fail = () => Promise.reject(new Error("a program ended"));
  const { signal } = new AbortController();
  assert.equal(await unlessInterrupted(() => Promise.resolve(1), signal), 1);
  await assert.rejects(unlessInterrupted(fail, signal), /a program ended/);
  assert.equal(await unlessInterrupted(() => Promise.resolve(1), AbortSignal.abort()), 1);
  await assert.rejects(unlessInterrupted(fail, AbortSignal.abort()), {
    name: "ExitWith",
    exitCode: EXIT.interrupted,
  });
});
