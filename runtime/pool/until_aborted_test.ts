import assert from "node:assert/strict";
import { untilAborted } from "./until_aborted.ts";

/** A signal that counts who listens. */
function countedSignal(): { controller: AbortController; listeners: () => number } {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners += 1;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners -= 1;
    remove(...args);
  };
  return { controller, listeners: () => listeners };
}

Deno.test("untilAborted() settles as its promise does and stops listening", async () => {
  const { controller, listeners } = countedSignal();
  assert.equal(await untilAborted(Promise.resolve(1), controller.signal), 1);
  await assert.rejects(untilAborted(Promise.reject(new Error("x")), controller.signal), /x/);
  assert.equal(listeners(), 0);
});

Deno.test("untilAborted() rejects with the signal's reason, before or during the wait", async () => {
  const controller = new AbortController();
  const never = Promise.withResolvers<void>();
  const during = assert.rejects(untilAborted(never.promise, controller.signal), /enough/);
  controller.abort(new Error("enough"));
  await during;
  await assert.rejects(untilAborted(never.promise, controller.signal), /enough/);
  never.reject(new Error("too late to matter"));
});
