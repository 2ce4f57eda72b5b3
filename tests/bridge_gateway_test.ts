import assert from "node:assert/strict";
import { serverConfigSchema } from "../bridge/bridge_config.ts";
import { BridgeLog } from "../bridge/bridge_log.ts";
import { CLOSE_CODES, PROTOCOL_VERSION } from "../bridge/protocol/protocol_limits.ts";
import { runBridge } from "../bridge/run_bridge.ts";
import { eventually, processesOf, testServer } from "./support/bridge_world.ts";

interface Said {
  readonly type: string;
  readonly callId?: string;
  readonly code?: string;
  readonly servers?: readonly { readonly tools: readonly { readonly name: string }[] }[];
}

/** A gateway that says whatever a test wants to a bridge that runs in this process. */
async function withGateway(
  test: (gateway: {
    readonly said: Said[];
    /** Sockets so far, the last one last. */
    readonly sockets: WebSocket[];
    send(message: unknown): void;
    /** Asks for a call. @returns What comes of it. */
    ask(more: object): Promise<Said>;
    readonly ended: Promise<void>;
    /** How many of the bridge's servers run. */
    running(): number;
  }) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "airlock-bridge-" });
  const said: Said[] = [];
  const sockets: WebSocket[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    if (request.headers.get("upgrade") === null) return Response.json({ items: [] });
    const { socket, response } = Deno.upgradeWebSocket(request);
    sockets.push(socket);
    socket.onmessage = ({ data }) => {
      const message: Said = JSON.parse(data);
      said.push(message);
      if (message.type !== "register") return;
      socket.send(JSON.stringify({
        ...{ type: "registered", protocol: PROTOCOL_VERSION, bridgeId: "brg_1" },
        ...{ resumeToken: "t", resumed: false, heartbeatMs: 60_000 },
      }));
    };
    return response;
  });
  const stop = new AbortController();
  const offered = testServer();
  using log = await BridgeLog.open(`${directory}/log`);
  const ended = runBridge({
    config: {
      name: "laptop",
      servers: [serverConfigSchema.parse({ ...offered, allow: ["echo", "run", "child"] })],
    },
    credentials: { gateway: `http://127.0.0.1:${server.addr.port}`, apiKey: "the key" },
    ...{ version: "1.2.3", environment: Deno.env.toObject(), verbose: false },
    log,
    onLine: () => {},
    onState: () => {},
    signal: stop.signal,
  });
  // Whoever wants to know waits for it.
  ended.catch(() => {});
  const send = (message: unknown) =>
    sockets.at(-1)?.send(typeof message === "string" ? message : JSON.stringify(message));
  try {
    await eventually(() =>
      said.some(({ servers }) => (servers?.[0]?.tools.length ?? 0) > 0) || undefined
    );
    await test({
      ...{ said, sockets, send, ended },
      running: () => processesOf(offered).length,
      async ask(more) {
        const callId = crypto.randomUUID();
        const caller = { kind: "key", id: "key_evil" };
        send({
          ...{ type: "tool_call", callId, serverId: "test", toolName: "echo", args: { text: "x" } },
          ...{ deadlineMs: 5_000, caller, ...more },
        });
        return await eventually(() =>
          said.find((one) => one.callId === callId && /^tool_/.test(one.type))
        );
      },
    });
  } finally {
    stop.abort();
    await ended.catch(() => {
      // It gave up before, which its own test looks at.
    });
    await server.shutdown();
    await Deno.remove(directory, { recursive: true });
  }
  assert.deepEqual(processesOf(offered), []);
}

Deno.test("a gateway gets calls of what this machine offers, and nothing else", () =>
  withGateway(async ({ ask, said, send, running }) => {
    assert.deepEqual(
      said.find(({ servers }) => (servers?.[0]?.tools.length ?? 0) > 0)?.servers?.[0]?.tools
        .map(({ name }) => name),
      ["echo", "run", "child"],
    );
    assert.equal((await ask({})).type, "tool_result");
    const refused: [object, string][] = [
      [{ serverId: "shell" }, "tool_not_found"],
      [{ serverId: "__proto__" }, "tool_not_found"],
      [{ toolName: "fail" }, "not_allowed"],
      [{ toolName: "big", args: { characters: 1 } }, "not_allowed"],
      [{ toolName: "environment" }, "not_allowed"],
    ];
    for (const [more, code] of refused) {
      const { type, code: told } = await ask(more);
      assert.deepEqual([type, told], ["tool_error", code], JSON.stringify(more));
    }
    // Arguments are the server's to judge: what it refuses is its own answer.
    const odd = await ask({ args: { text: 1, command: "rm -rf /" } });
    assert.ok(odd.type === "tool_error" || odd.type === "tool_result");
    // What the protocol has no words for ends the connection, and nothing is run.
    const before = running();
    send({ type: "start_server", command: "sh", args: ["-c", "touch /tmp/owned"] });
    await eventually(() => said.filter(({ type }) => type === "register").length > 1 || undefined);
    assert.equal(running(), before);
  }));

Deno.test("a gateway that does not keep to the protocol is left, and tried again", () =>
  withGateway(async ({ said, send, sockets, ask }) => {
    const registered = () => said.filter(({ type }) => type === "register").length;
    const wrong: unknown[] = [
      ...["{", "[]", { type: "registered" }, { type: "tool_call", callId: "1" }],
      "x".repeat(600_000),
      { type: "chunk", id: crypto.randomUUID(), index: 1, count: 2, data: "x" },
    ];
    for (const message of wrong) {
      const before = registered();
      send(message);
      await eventually(() => registered() > before || undefined);
    }
    assert.equal(sockets.length, wrong.length + 1);
    assert.equal((await ask({})).type, "tool_result");
  }));

Deno.test("a bridge that was replaced or whose key was revoked does not come again", async () => {
  for (
    const [code, expected] of [
      [CLOSE_CODES.replaced, "conflict"],
      [CLOSE_CODES.revoked, "unauthenticated"],
      [CLOSE_CODES.tooMany, "resource_limit"],
    ] as const
  ) {
    await withGateway(async ({ sockets, ended }) => {
      sockets.at(-1)?.close(code, "in words");
      await assert.rejects(ended, { code: expected, message: /in words/ });
      assert.equal(sockets.length, 1);
    });
  }
});
