import assert from "node:assert/strict";
import type { ExecutionRequest } from "../spec/execution.ts";
import { samplePlugin } from "./support/plugins/wat_plugins.ts";
import { TestWorld } from "./support/test_world.ts";

const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));

const call = (
  world: TestWorld,
  packageName: string,
  request: Partial<ExecutionRequest> & Pick<ExecutionRequest, "name">,
) => world.call({ packageName, source: "wasm", ...request });

Deno.test("an uploaded module runs by its digest, each call in new instances", async () => {
  await using world = await TestWorld.open();
  const missing = await call(world, `sha256-${"0".repeat(64)}`, { name: "echo" });
  assert.ok(!missing.success);
  assert.deepEqual([missing.code, missing.stage], ["artifact_failed", "resolve"]);
  const name = await world.engine.plugins.storeModule(await samplePlugin());
  for (let n = 0; n < 3; n++) {
    const result = await call(world, name, { name: "count" });
    assert.deepEqual(result.success && result.output, 11, JSON.stringify(result));
  }
  assert.deepEqual(world.unexpected, []);
});

Deno.test("an uploaded manifest says what its tools take and give", async () => {
  await using world = await TestWorld.open();
  const name = await world.engine.plugins.storeManifest({
    wasm: [{ data: base64(await samplePlugin()) }],
    config: { thing: "configured" },
    tools: {
      echo: { description: "Says it again", input: "text", output: "text" },
      setting: { description: "Tells", inputSchema: { type: "object", maxProperties: 0 } },
    },
  });
  const echoed = await call(world, name, { name: "echo", params: { input: "[1]" } });
  assert.deepEqual(echoed.success && echoed.output, "[1]", "text, not JSON");
  const wrong = await call(world, name, { name: "setting", params: { a: 1 } });
  assert.equal(!wrong.success && wrong.code, "invalid_input");
  const setting = await call(world, name, { name: "setting" });
  assert.deepEqual(setting.success && setting.output, "configured");
});

Deno.test("a plug-in reaches the network through the call's grant only", async () => {
  let asked = 0;
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    asked++;
    return new Response("from the server");
  });
  const host = `127.0.0.1:${server.addr.port}`;
  await using world = await TestWorld.open({ env: { AIRLOCK_NET_ALLOW_PRIVATE: host } });
  const name = await world.engine.plugins.storeModule(await samplePlugin());
  const params = { url: `http://${host}/` };
  const refused = await call(world, name, { name: "get", params });
  assert.ok(!refused.success);
  assert.equal(refused.code, "tool_error");
  assert.match(refused.suggestion ?? "", /127\.0\.0\.1/);
  assert.equal(asked, 0);
  const granted = await call(world, name, { name: "get", params, permissions: { net: [host] } });
  assert.deepEqual(granted.success && granted.output, "from the server", JSON.stringify(granted));
  assert.deepEqual(granted.meta.egress.map(({ host, outcome }) => [host, outcome]), [[host, 200]]);
});

Deno.test("the kill of one plug-in's endless loop leaves others untouched", async () => {
  await using world = await TestWorld.open();
  const name = await world.engine.plugins.storeModule(await samplePlugin());
  const loops = ["one", "two"].map((tenant) =>
    world.call(
      { packageName: name, source: "wasm", name: "forever", limits: { timeoutMs: 800 } },
      { tenant },
    )
  );
  for (let n = 0; n < 10; n++) {
    const fine = await call(world, name, { name: "echo", params: { n } });
    assert.deepEqual(fine.success && fine.output, { n }, JSON.stringify(fine));
  }
  for (const ended of await Promise.all(loops)) {
    assert.equal(!ended.success && ended.code, "deadline_exceeded");
  }
});
