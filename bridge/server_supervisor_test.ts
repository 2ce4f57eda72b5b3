import assert from "node:assert/strict";
import { FakeUpstream, type UpstreamAnswer, WHO } from "../tests/support/fake_upstream.ts";
import { eventually } from "../tests/support/bridge_world.ts";
import { type ServerConfig, serverConfigSchema } from "./bridge_config.ts";
import { CallRefusal } from "./call_refusal.ts";
import { findAnswer } from "./find_answer.ts";
import { fromBridge, fromGateway } from "./protocol.ts";
import type { LibraryRequest } from "./protocol/library_request.ts";
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

const ASKED = [
  { method: "resources/read", params: { uri: "file:///a" } },
  { method: "prompts/get", params: { name: "greet", arguments: { who: "ada" } } },
  {
    method: "completion/complete",
    params: { ref: { type: "ref/prompt", name: "greet" }, argument: { name: "who", value: "a" } },
  },
] as const satisfies LibraryRequest[];

function libraryCall<R>(request: R) {
  return {
    ...{ type: "library_call", callId: crypto.randomUUID(), serverId: "local", request } as const,
    ...{ deadlineMs: 5_000, caller: { kind: "key", id: "key_evil" } },
  };
}

/** What comes of a request, and what somebody at the machine was asked about. */
async function asked(
  servers: ToolServers,
  request: LibraryRequest,
  { isApproved = true, serverId = "local" } = {},
) {
  const names: string[] = [];
  const approvals = {
    require({ tool }: { readonly tool: { readonly name: string } }) {
      names.push(tool.name);
      return isApproved ? Promise.resolve() : Promise.reject(new CallRefusal("not_allowed", "no"));
    },
  };
  try {
    const call = { ...libraryCall(request), serverId };
    await findAnswer(call, { servers, approvals })({
      ...{ caller: "x", timeoutMs: 5_000, onProgress() {}, signal: new AbortController().signal },
    });
    return { outcome: "ok", names };
  } catch (error) {
    assert.ok(error instanceof CallRefusal, String(error));
    return { outcome: error.code, names };
  }
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
        case "resources/read":
          return { contents: [{ uri: "file:///a", text: "of a" }] };
        case "prompts/get":
          return { messages: [{ role: "user", content: { type: "text", text: "hi" } }] };
        case "completion/complete":
          return { completion: { values: ["ada"] } };
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
    servers.find("local", "who").server.call({
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
  await t.step("it is asked for what was registered, and for nothing else", async () => {
    const before = upstream.messages.length;
    for (const request of ASKED) {
      assert.equal((await asked(servers, request)).outcome, "ok", request.method);
    }
    assert.equal(upstream.messages.length, before + ASKED.length);
    const uris = ["file:///b", "file:///etc/passwd", "file:///a/../b", "FILE:///a"];
    for (const uri of uris) {
      const request = { method: "resources/read", params: { uri } } as const;
      assert.equal((await asked(servers, request)).outcome, "not_offered", uri);
    }
    const get = { method: "prompts/get", params: { name: "__proto__" } } as const;
    assert.equal((await asked(servers, get)).outcome, "not_offered");
    const other = await asked(servers, ASKED[0], { serverId: "shell" });
    assert.equal(other.outcome, "not_offered");
    assert.equal(upstream.messages.length, before + ASKED.length);
    // What the protocol has no words for does not come this far.
    for (const method of ["resources/subscribe", "tools/call", "sampling/createMessage"]) {
      const request = { method, params: { uri: "file:///a", name: "who" } };
      assert.equal(fromGateway.safeParse(libraryCall(request)).success, false, method);
    }
  });
  await t.step("whoever is at the machine is asked about that too", async () => {
    await using careful = start({ ask: true });
    await careful.started();
    const { outcome, names } = await asked(careful, ASKED[0], { isApproved: false });
    assert.deepEqual([outcome, names], ["not_allowed", ["resources/read file:///a"]]);
    const yes = await asked(careful, ASKED[1]);
    assert.deepEqual([yes.outcome, yes.names], ["ok", ["prompts/get greet"]]);
  });
  await t.step("nothing but its tools is told of where some only are allowed", async () => {
    await using others = start({ allow: ["who"] });
    await others.started();
    assert.deepEqual(Object.keys(others.offered()[0] ?? {}), ["id", "name", "tools"]);
    for (const request of ASKED) {
      assert.equal((await asked(others, request)).outcome, "not_allowed", request.method);
    }
  });
  await t.step("nothing is told of it where every tool is denied", async () => {
    await using shut = start({ deny: ["*"] });
    await shut.started();
    const [server] = shut.offered();
    assert.deepEqual([server?.tools, server?.resources, server?.prompts], [
      [],
      undefined,
      undefined,
    ]);
    for (const request of ASKED) {
      assert.equal((await asked(shut, request)).outcome, "not_allowed", request.method);
    }
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
