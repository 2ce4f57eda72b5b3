import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { KeepTrying } from "./keep_trying.ts";

class Thing implements AsyncDisposable {
  disposed = false;

  [Symbol.asyncDispose](): Promise<void> {
    this.disposed = true;
    return Promise.resolve();
  }
}

Deno.test("KeepTrying() lets the first attempt be waited for, and disposes what it opened", async () => {
  const gate = Promise.withResolvers<Thing>();
  const opening = new KeepTrying(() => gate.promise, { onFailure: assert.ifError });
  assert.equal(opening.state, "first");
  const waiting = opening.value();
  const thing = new Thing();
  gate.resolve(thing);
  assert.equal(await waiting, thing);
  assert.equal(opening.state, "done");
  await opening[Symbol.asyncDispose]();
  assert(thing.disposed);
});

Deno.test("KeepTrying() fails at once while failing, and recovers by itself", async () => {
  const failures: unknown[] = [];
  const thing = new Thing();
  const secret = new Error("password=hunter2");
  const attempts = [
    () => Promise.reject(secret),
    () => Promise.reject(new AirlockError("conflict", "Opening: taken")),
    () => Promise.resolve(thing),
  ];
  await using opening = new KeepTrying(() => attempts.shift()!(), {
    onFailure: (error) => failures.push(error),
  });
  await assert.rejects(opening.value(), { code: "upstream_failed", retryable: true });
  assert.equal(opening.state, "failed");
  assert.doesNotMatch(opening.problem ?? "", /hunter2/);
  while (failures.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(opening.problem, "Opening: taken");
  while (opening.problem !== null && thing !== await opening.value().catch(() => null)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal(await opening.value(), thing);
  assert.equal(failures[0], secret);
});

Deno.test("KeepTrying() stops trying when disposed", async () => {
  let attempts = 0;
  const opening = new KeepTrying<Thing>(() => {
    attempts++;
    return Promise.reject(new Error("no"));
  }, { onFailure: () => {} });
  await assert.rejects(opening.value());
  await opening[Symbol.asyncDispose]();
  assert.equal(attempts, 1);
});

Deno.test("KeepTrying() opens nothing before it is asked where it is told so", async () => {
  let opened = 0;
  const open = () => Promise.resolve(new Thing()).finally(() => opened++);
  const options = { onFailure: assert.ifError, whenAsked: true };
  {
    await using never = new KeepTrying(open, options);
    assert.equal(never.state, "idle");
  }
  assert.equal(opened, 0);
  await using asked = new KeepTrying(open, options);
  await asked.value();
  assert.deepEqual([opened, asked.state], [1, "done"]);
});

Deno.test("KeepTrying() opens anew what has broken, and disposes the broken one", async () => {
  const broken = Promise.withResolvers<Error>();
  const first = Object.assign(new Thing(), { lost: broken.promise });
  const second = Object.assign(new Thing(), { lost: new Promise<Error>(() => {}) });
  const things = [first, second];
  const failures: unknown[] = [];
  await using opening = new KeepTrying(() => Promise.resolve(things.shift()!), {
    onFailure: (error) => failures.push(error),
  });
  assert.equal(await opening.value(), first);
  const reason = new AirlockError("upstream_failed", "Asking: it broke");
  broken.resolve(reason);
  const isOpen = () => opening.state === "done";
  while (isOpen()) await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual([opening.state, opening.problem], ["failed", reason.message]);
  await assert.rejects(opening.value(), { message: reason.message, retryable: true });
  while (!isOpen()) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(await opening.value(), second);
  assert(first.disposed && !second.disposed);
  assert.deepEqual(failures, [reason]);
});
