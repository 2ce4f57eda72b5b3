import assert from "node:assert/strict";
import { SingleFlight } from "./single_flight.ts";

function counting() {
  const events: string[] = [];
  const flights = new SingleFlight<string>({
    share: (value) => {
      events.push("share");
      return value;
    },
    release: () => events.push("release"),
  });
  return { events, flights };
}

const never = new AbortController().signal;

Deno.test("SingleFlight.join() shares one result with each waiter, then releases it", async () => {
  const { events, flights } = counting();
  const start = () => Promise.resolve("done");
  const all = [1, 2, 3].map(() => flights.join("key", { signal: never, start }));
  assert.deepEqual(await Promise.all(all), ["done", "done", "done"]);
  assert.deepEqual(events, ["share", "share", "share", "release"]);
  assert.equal(flights.size, 0);
});

Deno.test("SingleFlight.join() works on other keys at the same time", async () => {
  const { flights } = counting();
  const join = (key: string) =>
    flights.join(key, { signal: never, start: () => Promise.resolve(key) });
  assert.deepEqual(await Promise.all([join("a"), join("b")]), ["a", "b"]);
});

Deno.test("SingleFlight.join() gives each waiter the failure and forgets it", async () => {
  const { flights } = counting();
  const start = () => Promise.reject(new Error("broken"));
  const all = [1, 2].map(() => flights.join("key", { signal: never, start }));
  for (const one of all) await assert.rejects(one, { message: "broken" });
  const again = flights.join("key", { signal: never, start: () => Promise.resolve("well") });
  assert.equal(await again, "well");
});

Deno.test("SingleFlight.join() releases a result that comes after everybody left", async () => {
  const { events, flights } = counting();
  const finish = Promise.withResolvers<string>();
  const leaver = new AbortController();
  const left = flights.join("key", { signal: leaver.signal, start: () => finish.promise });
  leaver.abort(new Error("gone"));
  await assert.rejects(left, { message: "gone" });
  finish.resolve("late");
  await finish.promise;
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual(events, ["release"]);
});

Deno.test("SingleFlight.join() rejects a start that throws and a signal that is aborted", async () => {
  const { flights } = counting();
  const start = () => {
    throw new Error("at once");
  };
  await assert.rejects(flights.join("key", { signal: never, start }), { message: "at once" });
  const signal = AbortSignal.abort(new Error("before"));
  await assert.rejects(flights.join("key", { signal, start }), { message: "before" });
  assert.equal(flights.size, 0);
});
