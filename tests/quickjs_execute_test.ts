import assert from "node:assert/strict";
import { TestWorld } from "./support/test_world.ts";

Deno.test("a package runs in QuickJS where that is asked for, every call as if it were the first", async () => {
  await using world = await TestWorld.open();
  await world.publish(
    "adder",
    `let calls = 0;
     export function add({ a, b }) {
       console.log("adding", a, b);
       return { sum: a + b, calls: ++calls };
     }`,
  );
  const wish = { packageName: "adder", name: "add", params: { a: 1, b: 2 } };
  const first = await world.call({ ...wish, runtime: "quickjs" });
  assert.equal(first.success, true, JSON.stringify(first));
  assert.deepEqual(first.success && first.output, { sum: 3, calls: 1 });
  assert.equal(first.meta.runtime, "quickjs");
  assert.deepEqual(first.meta.logs.map(({ level, message }) => [level, message]), [
    ["info", "adding 1 2"],
  ]);
  const second = await world.call({ ...wish, runtime: "quickjs" });
  assert.deepEqual(second.success && second.output, { sum: 3, calls: 1 });
  const unasked = await world.call(wish);
  assert.equal(unasked.meta.runtime, "deno");
  assert.deepEqual(world.unexpected, []);
});

Deno.test("what QuickJS has not is refused by name when it is used, and remembered", async () => {
  await using world = await TestWorld.open();
  await world.publish(
    "reader",
    `import { readFileSync } from "node:fs";
     export const greet = ({ name }) => "hello " + name;
     export function read() {
       // A tool that answers with its errors must not hide that the engine is to blame.
       try { return readFileSync("/nowhere", "utf8"); } catch { return "no file"; }
     }`,
    { packageJson: { airlock: { preferred: "quickjs" } } },
  );
  const reader = { packageName: "reader", runtime: "quickjs" as const };
  const greeting = await world.call({ ...reader, name: "greet", params: { name: "you" } });
  assert.equal(greeting.success && greeting.output, "hello you", JSON.stringify(greeting));
  const result = await world.call({ ...reader, name: "read" });
  assert.equal(result.success, false);
  assert.equal(!result.success && result.code, "no_runtime");
  assert.match(
    result.success ? "" : result.error,
    /it uses node:fs readFileSync, which this runtime has not/,
  );
  const free = await world.call({ packageName: "reader", name: "read" });
  assert.equal(free.success && free.output, "no file", JSON.stringify(free));
  assert.equal(free.meta.runtime, "deno");
  const why = free.meta.refusals.find(({ runtime }) => runtime === "quickjs");
  assert.deepEqual([why?.by, why?.reason], [
    "proof",
    "it uses a part of node:fs, which it has not",
  ]);
  const other = await world.call({ packageName: "reader", name: "greet", params: { name: "me" } });
  assert.equal(other.meta.runtime, "quickjs", "the other tools of the package run there");
});

Deno.test("what shared a process with a call that had to be killed is tried again, unseen", async () => {
  await using world = await TestWorld.open({
    env: { AIRLOCK_MAX_SANDBOXES: "2", AIRLOCK_CALL_CONCURRENCY: "8" },
  });
  await world.publish(
    "mixed",
    `export const echo = async ({ n }) => {
       await new Promise((resolve) => setTimeout(resolve, 200));
       return { n };
     };
     // One step of native code, which nothing inside the process can interrupt.
     export const stall = () => { const a = []; a.length = 1e9; return a.join(""); };`,
  );
  const wish = { packageName: "mixed", runtime: "quickjs" as const };
  await world.call({ ...wish, name: "echo", params: { n: 0 } });
  const echoes = Array.from(
    { length: 6 },
    (_, n) => world.call({ ...wish, name: "echo", params: { n } }),
  );
  const stalled = world.call({ ...wish, name: "stall", limits: { timeoutMs: 1000 } });
  const lost = await stalled;
  assert.equal(!lost.success && lost.code, "deadline_exceeded", JSON.stringify(lost));
  for (const [n, echo] of echoes.entries()) {
    const result = await echo;
    assert.deepEqual(result.success && result.output, { n }, JSON.stringify(result));
  }
  assert.deepEqual(world.unexpected, []);
});

Deno.test("a QuickJS call reaches the network through the gateway, and only where it may", async () => {
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => Response.json({ method: request.method, body: await request.text() }),
  );
  await using world = await TestWorld.open({
    env: { AIRLOCK_NET_ALLOW_PRIVATE: "127.0.0.1/32", AIRLOCK_MAX_NET: "public" },
  });
  await world.publish(
    "poster",
    `import http from "node:http";
     export const old = ({ port }) => new Promise((resolve, reject) => {
       const request = http.request({ host: "127.0.0.1", port, path: "/x", method: "PUT" }, (response) => {
         let text = "";
         response.setEncoding("utf8");
         response.on("data", (piece) => text += piece);
         response.on("end", () => resolve({ status: response.statusCode, ...JSON.parse(text) }));
       });
       request.on("error", reject);
       request.end("ho");
     });
     export const post = async ({ port }) => {
       const response = await fetch("http://127.0.0.1:" + port + "/x", { method: "POST", body: "hi" });
       return await response.json();
     };`,
  );
  const { port } = server.addr;
  const wish = {
    packageName: "poster",
    name: "post",
    params: { port },
    runtime: "quickjs",
  } as const;
  const refused = await world.call(wish);
  assert.equal(refused.success, false);
  assert.match(refused.success ? "" : `${refused.error} ${refused.suggestion}`, /127\.0\.0\.1/);
  const granted = await world.call({ ...wish, permissions: { net: [`127.0.0.1:${port}`] } });
  assert.deepEqual(
    granted.success && granted.output,
    { method: "POST", body: "hi" },
    JSON.stringify(granted),
  );
  const old = await world.call({
    ...{ ...wish, name: "old", permissions: { net: [`127.0.0.1:${port}`] } },
  });
  assert.deepEqual(
    old.success && old.output,
    { status: 200, method: "PUT", body: "ho" },
    JSON.stringify(old),
  );
  assert.deepEqual(granted.meta.egress.map(({ outcome }) => outcome), [200]);
});
