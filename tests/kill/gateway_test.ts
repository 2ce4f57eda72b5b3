import assert from "node:assert/strict";
import { join } from "node:path";
import { eventually, KillWorld, pause } from "../support/kill_world.ts";
import { processesNaming, survivors } from "../support/process_tree.ts";
import type { ServedGateway } from "../support/served_gateway.ts";

/** How long anything may outlive its gateway. */
const BURIAL_MS = 2_000;

Deno.test("a killed gateway takes busy sandboxes, builders and installers with it", async () => {
  await using world = await KillWorld.open();
  await world.publish("spinner", "export function spin() { for (;;); }");
  await world.publish("adder", "export const add = ({ a, b }) => a + b;");
  await publishHanging(world);
  await using gateway = await world.serve();
  const sum = await gateway.call({ packageName: "adder", name: "add", params: { a: 1, b: 2 } });
  assert.equal(sum.body.success && sum.body.output, 3);

  const calls = [
    gateway.call({ packageName: "spinner", name: "spin" }),
    gateway.call({ packageName: "spinner", name: "spin" }),
    gateway.call({ packageName: "hanging", name: "anything" }),
  ].map((call) => call.then(() => "answered", () => "cut off"));
  assert(
    await eventually(() => isBusy(gateway), 30_000),
    gateway.processes().map(({ command }) => command).join("\n"),
  );
  const tree = gateway.processes();
  gateway.kill("SIGKILL");
  await gateway.status;
  const left = await survivors(tree, BURIAL_MS);
  assert.deepEqual(left.map(({ command }) => command), []);
  assert.deepEqual(processesNaming(world.directory), []);
  assert.deepEqual(await Promise.all(calls), ["cut off", "cut off", "cut off"]);

  await assertServesFromCache(world);
});

/** A package whose installer never gets what it asks for. */
async function publishHanging(world: KillWorld): Promise<void> {
  await world.publish("never", "export {};");
  await world.registry.publish({
    name: "hanging",
    version: "1.0.0",
    packageJson: { type: "module", exports: "./index.js", dependencies: { never: "1.0.0" } },
    files: { "index.js": 'import "never"; export const anything = () => 1;' },
  });
  world.registry.intercept = (request) =>
    new URL(request.url).pathname.includes("/never/-/")
      ? new Promise((resolve) => {
        request.signal.addEventListener("abort", () => resolve(new Response(null)));
      })
      : undefined;
}

/** Whether at this moment two tools spin, an installer waits and a builder lives. */
function isBusy(gateway: ServedGateway): boolean {
  const commands = gateway.processes().map(({ command }) => command);
  const count = (text: string) => commands.filter((command) => command.includes(text)).length;
  return count("guest.js") >= 2 && count(" install ") >= 1 && count("build_process.ts") >= 1 &&
    count("esbuild") >= 1 && spinning(gateway) >= 2;
}

/** Guests that have used processor time since they were looked at last. */
function spinning(gateway: ServedGateway): number {
  const usage = (pid: number) => {
    try {
      const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
      return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[11]);
    } catch {
      return 0; // Ended since it was listed.
    }
  };
  const guests = gateway.processes().filter(({ command }) => command.includes("deno run"));
  return guests.filter(({ pid }) => usage(pid) > 40).length;
}

/** The next gateway sweeps, and serves what was built without asking the registry. */
async function assertServesFromCache(world: KillWorld): Promise<void> {
  world.registry.intercept = () => new Response("down", { status: 503 });
  await using next = await world.serve();
  const request = { packageName: "adder", version: "1.0.0", name: "add", params: { a: 2, b: 3 } };
  const { body } = await next.call(request);
  assert.equal(body.success && body.output, 5, JSON.stringify(body));
  assert.notEqual(body.meta.start, "built");
  for (const area of ["run", "store/staging"]) {
    const names = [...Deno.readDirSync(join(world.dataDirectory, area))].map(({ name }) => name);
    assert.equal(names.length, 2, `${area} holds more than the living gateway's: ${names}`);
  }
}

/** Whose calls they are is known without the database, which is the first one's alone. */
const KEY = { AIRLOCK_API_KEY: "of both gateways" };

Deno.test("two gateways share a data directory, and one outlives the other", async () => {
  await using world = await KillWorld.open();
  await world.publish("adder", "export const add = ({ a, b }) => a + b;");
  await using first = await world.serve(KEY);
  await using second = await world.serve(KEY);
  const request = { packageName: "adder", version: "1.0.0", name: "add", params: { a: 2, b: 3 } };
  const answers = await Promise.all([first.call(request), second.call(request)]);
  for (const { body } of answers) assert.equal(body.success && body.output, 5);
  first.kill("SIGKILL");
  await first.status;
  // A third one sweeps what the first left, and nothing of the second's.
  await using third = await world.serve(KEY);
  await pause(100);
  for (const gateway of [second, third]) {
    const { body } = await gateway.call(request);
    assert.equal(body.success && body.output, 5, JSON.stringify(body));
    assert.notEqual(body.meta.start, "built");
  }
});
