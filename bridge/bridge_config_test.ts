import assert from "node:assert/strict";
import { failsWith } from "../tests/support/fails_with.ts";
import { isAllowedTool } from "./allowed_tool.ts";
import {
  nameOfHost,
  readBridgeConfig,
  serverConfigSchema,
  writeBridgeConfig,
} from "./bridge_config.ts";
import { gatewayOrigin, readCredentials, writeCredentials } from "./bridge_credentials.ts";
import { bridgePaths } from "./bridge_paths.ts";
import { lockBridge } from "./bridge_lock.ts";
import { BridgeLog } from "./bridge_log.ts";
import { endBridge } from "./end_bridge.ts";
import { processMark } from "./process_mark.ts";
import { readBridgeState, writeBridgeState } from "./bridge_state.ts";
import { importServers } from "./import_servers.ts";
import { PRESETS, presetServer } from "./presets.ts";
import { previewArgs } from "./preview_args.ts";

async function withHome(use: (paths: ReturnType<typeof bridgePaths>) => Promise<void>) {
  const home = await Deno.makeTempDir();
  try {
    await use(bridgePaths(home));
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test("what a bridge keeps is for its user alone", () =>
  withHome(async (paths) => {
    assert.equal(await readBridgeConfig(paths.config), null);
    assert.equal(await readCredentials(paths.credentials), null);
    await writeBridgeConfig(paths.config, { name: "laptop", servers: [] });
    await writeCredentials(paths.credentials, { gateway: "https://a.example", apiKey: "k" });
    using log = await BridgeLog.open(paths.log);
    log.write({ kind: "bridge", text: "x" });
    for (const path of [paths.config, paths.credentials, paths.log]) {
      assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600, path);
    }
    assert.equal((await Deno.stat(paths.directory)).mode! & 0o777, 0o700);
    // Others could read it: from the next look on, they cannot.
    await Deno.chmod(paths.credentials, 0o644);
    assert.equal((await readCredentials(paths.credentials))?.apiKey, "k");
    assert.equal((await Deno.stat(paths.credentials)).mode! & 0o777, 0o600);
    assert.deepEqual([...Deno.readDirSync(paths.directory)].map(({ name }) => name).toSorted(), [
      ...["bridge.json", "bridge.log", "credentials.json"],
    ]);
  }));

Deno.test("readBridgeConfig() says what is wrong", () =>
  withHome(async ({ config, directory, credentials }) => {
    await Deno.mkdir(directory);
    for (
      const text of [
        "{",
        "{}",
        '{"name":"No Name"}',
        '{"name":"a","servers":[{"id":"x"}]}',
        '{"name":"a","more":1}',
        '{"name":"a","servers":[{"id":"x","command":"a"},{"id":"x","command":"b"}]}',
      ]
    ) {
      await Deno.writeTextFile(config, text);
      await failsWith(readBridgeConfig(config), { code: "invalid_input" });
    }
    await Deno.writeTextFile(credentials, "{}");
    await failsWith(readCredentials(credentials), { code: "invalid_input" });
  }));

Deno.test("an attack: another process that has the number of a bridge is not taken for it", () =>
  withHome(async ({ state }) => {
    await using child = new Deno.Command("sleep", { args: ["60"] }).spawn();
    const rest = { startedAt: "", background: true, gateway: "", connected: true, servers: [] };
    const mark = await processMark(child.pid) ?? null;
    assert.ok(mark !== null);
    const running = { pid: child.pid, mark, ...rest };
    await writeBridgeState(state, running);
    assert.equal((await readBridgeState(state))?.pid, child.pid);
    const another = { ...running, mark: `${mark}0` };
    await writeBridgeState(state, another);
    assert.equal(await readBridgeState(state), null);
    assert.equal(await endBridge(another, { graceMs: 100 }), "ended");
    assert.equal(await endBridge({ ...running, mark: null }, { graceMs: 100 }), "unknown");
    assert.equal(await processMark(child.pid), mark);
    assert.equal(await endBridge(running, { graceMs: 10_000 }), "ended");
    assert.equal(await processMark(child.pid), null);
  }));

Deno.test("lockBridge() gives the bridge of a user to one", () =>
  withHome(async ({ lock }) => {
    {
      using first = await lockBridge(lock);
      assert.ok(first !== null);
      assert.equal(await lockBridge(lock), null);
    }
    using again = await lockBridge(lock);
    assert.ok(again !== null);
  }));

Deno.test("an attack: a server of another machine that says it is of this one", () => {
  const fits = (server: object) => serverConfigSchema.safeParse({ id: "a", ...server }).success;
  for (const host of ["127.0.0.1:9", "localhost:9", "[::1]:9", "127.9.9.9"]) {
    assert.ok(fits({ url: `http://${host}/mcp` }), host);
  }
  const others = [
    "a.example",
    "127.0.0.1.evil.example",
    "0.0.0.0",
    "169.254.169.254",
    "localhost.",
  ];
  for (const host of [...others, "evil.example@localhost.evil.example", "[::]"]) {
    assert.ok(!fits({ url: `https://${host}/mcp` }), host);
  }
  assert.ok(fits({ url: "https://a.example/mcp", remote: true }));
  for (const url of ["http://a.example/", "file:///etc/passwd", "x"]) {
    assert.ok(!fits({ url, remote: true }), url);
  }
  assert.ok(!fits({}) && !fits({ command: "x", url: "http://localhost/" }));
});

Deno.test("gatewayOrigin() lets no key cross the network in the clear", () => {
  assert.equal(gatewayOrigin("https://a.example/x?y"), "https://a.example");
  assert.equal(gatewayOrigin("http://127.0.0.1:8787/"), "http://127.0.0.1:8787");
  assert.equal(gatewayOrigin("http://localhost:1"), "http://localhost:1");
  for (
    const text of ["http://a.example", "a.example", "", "ws://localhost", "file:///etc/passwd"]
      .concat(
        ["http://127.0.0.1.evil.example", "http://localhost.evil.example"],
      )
  ) assert.throws(() => gatewayOrigin(text), { code: "invalid_input" }, text);
});

Deno.test("isAllowedTool() gives the last word to what is denied", () => {
  const allowed = (tool: string, rules: { allow?: string[]; deny?: string[] }) =>
    isAllowedTool(tool, { deny: [], ...rules });
  assert.ok(allowed("read", {}));
  assert.ok(!allowed("read", { allow: [] }));
  assert.ok(allowed("read_file", { allow: ["read_*"] }));
  assert.ok(!allowed("write_file", { allow: ["read_*"] }));
  assert.ok(!allowed("read_file", { allow: ["*"], deny: ["*file"] }));
  assert.ok(allowed("a.b.c", { allow: ["a*b*c"] }) && !allowed("abab", { allow: ["ab*bab"] }));
  assert.ok(!allowed("x", { deny: ["*"] }) && !allowed("Read", { allow: ["read"] }));
  const slow = `${"*a".repeat(500)}*b`;
  assert.ok(!allowed("a".repeat(5_000), { allow: [slow] }));
});

Deno.test("presetServer() knows its presets, and what is near to them", () => {
  const none = { args: [], env: {} };
  assert.deepEqual(presetServer("memory", none).command, "npx");
  assert.equal(presetServer("filesystem", { args: ["/d"], env: {} }).args.at(-1), "/d");
  assert.throws(() => presetServer("filesystem", none), /filesystem needs the directories/);
  assert.throws(() => presetServer("slack", none), /SLACK_BOT_TOKEN/);
  assert.throws(() => presetServer("playwrite", none), { suggestion: /playwright/ });
  assert.throws(() => presetServer("constructor", none), { code: "invalid_input" });
  assert.equal(Object.keys(PRESETS).length, 8);
});

Deno.test("importServers() takes what is a command of this machine", () => {
  const text = `{
    // of an editor
    "mcpServers": {
      "File System": { "command": "npx", "args": ["-y", "x"], "env": { "A": "b" } },
      "remote": { "url": "https://a.example/mcp" },
      "file-system": { "command": "other" }
    }, "servers": { "code": { "type": "stdio", "command": "uvx" } }
  }`;
  const { servers, leftOut } = importServers(text);
  assert.deepEqual(servers.map(({ id, name, command, env }) => [id, name, command, env]), [
    ["code", undefined, "uvx", {}],
    ["file-system", "File System", "npx", { A: "b" }],
  ]);
  assert.deepEqual(leftOut, ["remote", "file-system"]);
  for (const wrong of ["", "{}", "[]", '{"mcpServers":{}}']) {
    assert.throws(() => importServers(wrong), { code: "invalid_input" });
  }
});

Deno.test("previewArgs() is short, and hides what is called a secret", () => {
  const shown = previewArgs({
    ...{ path: "/a", apiKey: "s3cret", nested: { password: "s3cret", list: [1, 2] } },
    long: "x".repeat(10_000),
  });
  assert.doesNotMatch(shown, /s3cret/);
  assert.match(shown, /^\{"path":"\/a","apiKey":"\[redacted\]"/);
  assert.ok(shown.length <= 400);
});

Deno.test("nameOfHost() makes a name of whatever a machine is called", () => {
  assert.deepEqual(["Anna's MacBook.local", "---", "ok"].map(nameOfHost), [
    ...["anna-s-macbook-local", "bridge", "ok"],
  ]);
});
