import assert from "node:assert/strict";
import { FakeUpstream, type UpstreamAnswer, WHO } from "../tests/support/fake_upstream.ts";
import { eventually } from "../tests/support/bridge_world.ts";
import { type ServerConfig, serverConfigSchema } from "./bridge_config.ts";
import { CallRefusal } from "./call_refusal.ts";
import { fromBridge } from "./protocol.ts";
import { ToolServers } from "./tool_servers.ts";

const CAPABILITIES = { tools: {}, resources: {}, prompts: {}, logging: {} };

/** Answers a call with a line for the log before. */
function answerWithLog(id: unknown): Response {
  const messages = [
    { method: "notifications/message", params: { level: "warning", data: "it is hot" } },
    { id, result: { content: [{ type: "text", text: "done" }] } },
  ];
  const events = messages.map((one) => `data: ${JSON.stringify({ jsonrpc: "2.0", ...one })}\n\n`);
  return new Response(events.join(""), { headers: { "content-type": "text/event-stream" } });
}

Deno.test("a server that listens on this machine is one like any other", async (t) => {
  let isUp = true;
  await using upstream = new FakeUpstream({
    answer({ method, id }): UpstreamAnswer {
      if (!isUp) return new Response("gone", { status: 500 });
      switch (method) {
        case "initialize":
          return {
            ...{ protocolVersion: "2025-06-18", capabilities: CAPABILITIES },
            serverInfo: { name: "fake", version: "1" },
          };
        case "resources/list":
          return {
            resources: [{ uri: "file:///a", name: "a" }, {
              uri: "file:///b",
              name: "x".repeat(300),
            }],
          };
        case "prompts/list":
          return { prompts: [{ name: "greet", arguments: [{ name: "who", required: true }] }] };
        case "tools/call":
          return answerWithLog(id);
      }
    },
  });
  const logged: string[] = [];
  let changes = 0;
  const start = (more: Partial<ServerConfig> = {}) =>
    new ToolServers([serverConfigSchema.parse({ id: "local", url: upstream.url, ...more })], {
      ...{ version: "1", env: {}, wrapper: [], pauseMs: 1, maxPauseMs: 50 },
      ...{ startTimeoutMs: 10_000, onChange: () => changes++ },
      onLog: ({ text }) => logged.push(text),
    });
  await using servers = start({ headers: { authorization: "Bearer t" } });
  await servers.started();
  const call = () =>
    servers.find("local", "who").call({
      ...{ toolName: "who", args: {}, caller: "x", timeoutMs: 5_000, onProgress() {} },
      signal: new AbortController().signal,
    });

  await t.step("its tools are called, and what it has to say is in the log", async () => {
    assert.deepEqual((await call()).content, [{ type: "text", text: "done" }]);
    await eventually(() => logged.find((line) => line === "warning: it is hot"));
    assert.equal(upstream.messages.at(-1)?.authorization, "Bearer t");
  });
  await t.step("its resources and prompts are registered, with what a gateway takes", () => {
    const [server] = servers.offered();
    assert.deepEqual(server?.tools.map(({ name }) => name), [WHO.name]);
    assert.deepEqual(server?.resources, [{ uri: "file:///a", name: "a" }]);
    assert.deepEqual(server?.prompts?.map(({ name }) => name), ["greet"]);
    const message = fromBridge.safeParse({ type: "tools", servers: servers.offered() });
    assert.ok(message.success, String(message.error));
  });
  await t.step("nothing but its tools is told of where some only are allowed", async () => {
    await using others = start({ allow: ["who"] });
    await others.started();
    assert.deepEqual(Object.keys(others.offered()[0] ?? {}), ["id", "name", "tools"]);
  });
  await t.step("when it goes away, its calls fail; when it is back, they do not", async () => {
    isUp = false;
    await assert.rejects(call(), CallRefusal);
    await eventually(() => servers.all[0]?.state === "failed" || undefined);
    isUp = true;
    await eventually(() => servers.all[0]?.state === "ready" || undefined);
    assert.deepEqual((await call()).content, [{ type: "text", text: "done" }]);
    assert.ok(changes > 2);
  });
});

Deno.test("an attack: a local server that sends the bridge elsewhere", async () => {
  let reached = 0;
  await using elsewhere = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    reached++;
    return new Response();
  });
  await using upstream = new FakeUpstream({
    answer: () => Response.redirect(`http://127.0.0.1:${elsewhere.addr.port}/`, 307),
  });
  await using servers = new ToolServers(
    [serverConfigSchema.parse({ id: "local", url: upstream.url })],
    {
      ...{ version: "1", env: {}, wrapper: [], pauseMs: 10_000, maxPauseMs: 10_000 },
      ...{ startTimeoutMs: 10_000, onChange() {}, onLog() {} },
    },
  );
  await servers.started();
  assert.deepEqual([servers.all[0]?.state, reached], ["failed", 0]);
});
