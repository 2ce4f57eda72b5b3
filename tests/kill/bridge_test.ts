import assert from "node:assert/strict";
import { serverConfigSchema } from "../../bridge/bridge_config.ts";
import { BridgeLog } from "../../bridge/bridge_log.ts";
import { runBridge } from "../../bridge/run_bridge.ts";
import { eventually, processesOf, testServer } from "../support/bridge_world.ts";
import { connectClient } from "../support/mcp_clients.ts";
import { ServedGateway } from "../support/served_gateway.ts";

/** Below what a bridge runs at a time. */
const CALLS = 40;

async function send(url: string, path: string, body?: object) {
  const response = await fetch(`${url}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return await response.json();
}

Deno.test("a gateway that is killed amid calls of a bridge ends each of them once", async () => {
  const directory = await Deno.makeTempDir({ prefix: "airlock-kill-bridge-" });
  const dataDirectory = `${directory}/data`;
  const server = testServer();
  const stop = new AbortController();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  const first = stack.use(await ServedGateway.start({ dataDirectory }));
  const { url } = first;
  const said: string[] = [];
  const log = stack.use(await BridgeLog.open(`${directory}/bridge.log`));
  const running = runBridge({
    config: { name: "laptop", servers: [serverConfigSchema.parse(server)] },
    // The gateway trusts its own machine.
    credentials: { gateway: url },
    ...{ version: "1.2.3", environment: Deno.env.toObject(), verbose: false, log },
    onLine: (line) => said.push(line),
    onState: () => {},
    signal: stop.signal,
  });
  stack.defer(async () => {
    stop.abort();
    await running;
    assert.deepEqual(processesOf(server), []);
  });
  const { id: collection } = await eventually(async () => {
    const made = await send(url, "/api/collections", { name: "Mine" });
    return made.id === undefined ? undefined : made;
  });
  const tools: { id: string }[] = await eventually(async () => {
    const { items = [] } = await send(url, "/api/user/bridge");
    return items[0]?.tools.length > 0 ? items[0].tools : undefined;
  });
  for (const { id: toolId } of tools) {
    await send(url, `/api/collections/${collection}/bridge-tools`, { toolId });
  }
  const target = { url: `${url}/mcp/me/${collection}` };
  const file = `${directory}/runs`;
  const ends = new Array<number>(CALLS).fill(0);
  {
    await using client = await connectClient("2026", target);
    const calls = ends.map((_none, at) =>
      client.call("test--run", { id: `call-${at}`, file, waitMs: at % 2 === 0 ? 10 : 60_000 })
        .then(() => "result", () => "error").finally(() => ends[at]!++)
    );
    // Every second one has its result: the others are under way.
    const finished = calls.filter((_call, at) => at % 2 === 0);
    assert.deepEqual(new Set(await Promise.all(finished)), new Set(["result"]));
    first.kill("SIGKILL");
    const endings = await Promise.all(calls);
    assert.equal(endings.filter((ending) => ending === "error").length, CALLS / 2);
  }
  await first.status;
  const port = new URL(url).port;
  stack.use(await ServedGateway.start({ dataDirectory, env: { AIRLOCK_PORT: port } }));
  // It comes again by itself, with the tools where they were; what nobody waits for is taken back.
  await using client = await connectClient("2026", target);
  const { content } = await eventually(() =>
    client.call("test--echo", { text: "again" }).catch(() => undefined)
  );
  assert.deepEqual(content, [{ type: "text", text: "again" }]);
  assert.deepEqual(new Set(ends), new Set([1]));
  const runs = (await Deno.readTextFile(file)).trim().split("\n");
  assert.equal(runs.length, CALLS);
  assert.equal(new Set(runs).size, CALLS, "a call ran twice");
  assert.equal(said.filter((line) => line.startsWith("connected to")).length, 2);
  const lines = (await Deno.readTextFile(`${directory}/bridge.log`)).split("\n");
  assert.equal(lines.filter((line) => line.includes('"outcome":"cancelled"')).length, CALLS / 2);
});
