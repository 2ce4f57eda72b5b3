import assert from "node:assert/strict";
import { TestWorld } from "./support/test_world.ts";

Deno.test("a tool that looks about itself finds nothing, and goes on", async () => {
  await using world = await TestWorld.open();
  const source = (rest: string) => `
    import { existsSync, readFileSync, promises } from "node:fs"; import * as fs from "node:fs";
    import process, { umask } from "node:process"; ${rest}
    const mask = process.umask();
    export async function look() {
      const refused = async (f) => { try { await f(); return "read"; } catch (e) { return e.name; } };
      return [existsSync("/etc/passwd"), fs.default.existsSync("/etc/passwd"), mask, umask(),
        await refused(() => readFileSync("/etc/passwd")),
        await refused(() => promises.readFile("/etc/passwd"))];
    }`;
  await world.publish("looker", source(""));
  const bundled = await world.call({ packageName: "looker", name: "look" });
  const expected = [false, false, 0o22, 0o22, "NotCapable", "NotCapable"];
  assert.deepEqual(bundled.success && bundled.output, expected, JSON.stringify(bundled));
  assert.deepEqual(world.unexpected, []);
});

Deno.test("a published package runs as a tool and comes back preloaded", async () => {
  await using world = await TestWorld.open();
  await world.publish(
    "adder",
    `let calls = 0;
     export function add({ a, b }) { console.log("adding", a, b); return { sum: a + b, calls: ++calls }; }`,
  );
  const first = await world.call({ packageName: "adder", name: "add", params: { a: 1, b: 2 } });
  assert.equal(first.success, true, JSON.stringify(first));
  assert.deepEqual(first.success && first.output, { sum: 3, calls: 1 });
  assert.equal(first.meta.start, "built");
  assert.deepEqual(first.meta.logs.map(({ level, message }) => [level, message]), [
    ["info", "adding 1 2"],
  ]);
  const second = await world.call({ packageName: "adder", name: "add", params: { a: 2, b: 2 } });
  assert.deepEqual(second.success && second.output, { sum: 4, calls: 2 });
  assert.equal(second.meta.start, "preloaded");
  const stranger = await world.call(
    { packageName: "adder", name: "add", params: { a: 2, b: 2 } },
    { tenant: "stranger" },
  );
  assert.deepEqual(stranger.success && stranger.output, { sum: 4, calls: 1 });
  assert.deepEqual(world.unexpected, []);
});
