import assert from "node:assert/strict";
import { join } from "node:path";
import { eventually, KillWorld } from "../support/kill_world.ts";
import { survivors } from "../support/process_tree.ts";

Deno.test("SIGTERM lets a running call finish, refuses new ones and leaves nothing", async () => {
  await using world = await KillWorld.open();
  await world.publish(
    "slow",
    `export async function slow({ ms }) {
       await new Promise((resolve) => setTimeout(resolve, ms));
       return "finished";
     }`,
  );
  await using gateway = await world.serve();
  await gateway.call({ packageName: "slow", name: "slow", params: { ms: 1 } });
  const running = gateway.call({ packageName: "slow", name: "slow", params: { ms: 4_000 } });
  const health = async () => await (await fetch(`${gateway.url}/health`)).json();
  assert(await eventually(async () => (await health()).pool.busy === 1, 3_000));
  const tree = gateway.processes();
  assert(tree.length > 0);

  gateway.kill("SIGTERM");
  assert(await eventually(async () => (await health()).status === "draining", 2_000));
  const late = await gateway.call({ packageName: "slow", name: "slow", params: { ms: 1 } });
  assert.equal(late.status, 503);
  assert(!late.body.success);
  assert.equal(late.body.code, "shutting_down");
  assert.equal(late.body.retryable, true);

  const { status, body } = await running;
  assert.deepEqual([status, body.success && body.output], [200, "finished"]);
  assert.equal((await gateway.status).code, 0, gateway.log);
  assert.deepEqual(await survivors(tree, 1_000), []);
  for (const area of ["run", "store/staging"]) {
    assert.deepEqual([...Deno.readDirSync(join(world.dataDirectory, area))], [], area);
  }
});

Deno.test("Ctrl-C in a terminal lets a running call finish, in the sandbox it began in", async () => {
  await using world = await KillWorld.open();
  await world.publish(
    "slow",
    `export async function slow({ ms }) {
       await new Promise((resolve) => setTimeout(resolve, ms));
       return "finished";
     }`,
  );
  await using gateway = await world.serve();
  await gateway.call({ packageName: "slow", name: "slow", params: { ms: 1 } });
  const running = gateway.call({ packageName: "slow", name: "slow", params: { ms: 3_000 } });
  const health = async () => await (await fetch(`${gateway.url}/health`)).json();
  assert(await eventually(async () => (await health()).pool.busy === 1, 3_000));
  gateway.interruptGroup();
  const { status, body } = await running;
  assert.deepEqual([status, body.success && body.output], [200, "finished"], JSON.stringify(body));
  assert.deepEqual([body.meta.runtime, body.meta.start], ["deno", "preloaded"]);
  assert.equal((await gateway.status).code, 0, gateway.log);
});

Deno.test("SIGTERM ends calls that outlast the time they are given", async () => {
  await using world = await KillWorld.open();
  await world.publish("spinner", "export function spin() { for (;;); }");
  await using gateway = await world.serve({ AIRLOCK_DRAIN_MS: "500" });
  const running = gateway.call({ packageName: "spinner", name: "spin" });
  const health = async () => await (await fetch(`${gateway.url}/health`)).json();
  assert(await eventually(async () => (await health()).pool.busy === 1, 20_000));
  const tree = gateway.processes();
  gateway.kill("SIGTERM");
  const { body } = await running;
  assert(!body.success);
  assert.equal(body.code, "shutting_down", JSON.stringify(body));
  assert.equal((await gateway.status).code, 0, gateway.log);
  assert.deepEqual(await survivors(tree, 1_000), []);
});

Deno.test("SIGTERM is not held up by a caller that does not read its answer", async () => {
  await using world = await KillWorld.open();
  await world.publish("big", "export const big = ({ bytes }) => 'x'.repeat(bytes);");
  await using gateway = await world.serve();
  const { hostname, port, host } = new URL(gateway.url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  // More than all buffers between the two ends hold.
  const body = JSON.stringify({
    packageName: "big",
    name: "big",
    params: { bytes: 15_000_000 },
    limits: { outputBytes: 16_000_000 },
  });
  const head = `POST /execute-tool HTTP/1.1\r\nhost: ${host}\r\n` +
    `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  await connection.write(new TextEncoder().encode(head + body));
  const first = new Uint8Array(64);
  const count = await connection.read(first) ?? 0;
  assert.match(new TextDecoder().decode(first.subarray(0, count)), /^HTTP\/1\.1 200/);
  const tree = gateway.processes();
  gateway.kill("SIGTERM");
  const late = Promise.withResolvers<string>();
  const timer = setTimeout(() => late.resolve("it still runs"), 20_000);
  const ended = await Promise.race([gateway.status, late.promise]);
  clearTimeout(timer);
  assert.equal(typeof ended === "string" ? ended : ended.code, 0, gateway.log);
  assert.deepEqual(await survivors(tree, 1_000), []);
});
