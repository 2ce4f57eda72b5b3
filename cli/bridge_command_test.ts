import assert from "node:assert/strict";
import { fakeCli } from "../tests/support/fake_cli.ts";

async function withHome(
  test: (
    run: (
      args: readonly string[],
      stdin?: string,
    ) => Promise<{ code: number; out: string; err: string }>,
    home: string,
  ) => Promise<void>,
) {
  const home = await Deno.makeTempDir();
  try {
    await test(async (args, stdin = "") => {
      const cli = fakeCli({ environment: { HOME: home, PATH: Deno.env.get("PATH") }, stdin });
      const code = await cli.run("bridge", ...args);
      return { code, ...cli.output };
    }, home);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test("airlock bridge keeps servers of this machine", () =>
  withHome(async (run, home) => {
    assert.equal((await run(["init", "--name", "laptop"])).code, 0);
    assert.equal((await run(["add", "memory", "--allow", "read_*", "--deny", "*secret*"])).code, 0);
    const command = ["--command", "/usr/bin/tool", "--args", "-A", "--args", "x"];
    assert.equal((await run(["add", ...command, "--env", "KEY=s3cret"])).code, 0);
    const kept = JSON.parse(await Deno.readTextFile(`${home}/.airlock/bridge.json`));
    assert.deepEqual(kept.servers[1], {
      ...{ id: "tool", command: "/usr/bin/tool", args: ["-A", "x"], env: { KEY: "s3cret" } },
      ...{ disabled: false, deny: [] },
    });
    const listed = await run(["list"]);
    assert.match(listed.out, /memory +enabled +npx -y \S+ +read_\* !\*secret\*/);
    for (const args of [["list"], ["list", "--json"], ["config"]]) {
      assert.doesNotMatch((await run(args)).out, /s3cret/);
    }
    assert.equal((await run(["remove", "memory"])).code, 0);
    await Deno.writeTextFile(
      `${home}/cursor.json`,
      '{"mcpServers":{"Files":{"command":"npx"},"tool":{"command":"a"},"far":{"url":"https://a"}}}',
    );
    const imported = await run(["import", `${home}/cursor.json`]);
    assert.match(imported.out, /added files/);
    assert.match(imported.err, /tool: there is one already\nfar: left out/);
  }));

Deno.test("airlock bridge says what is wrong", () =>
  withHome(async (run) => {
    const wrong: [readonly string[], number, RegExp][] = [
      [["add", "playwrite"], 2, /Did you mean playwright/],
      [["add"], 2, /needs a preset or a --command/],
      [["add", "memory", "--command", "x"], 2, /needs a preset or a --command/],
      [["add", "memory", "--id", "Not a name"], 2, /lower-case/],
      [["remove", "nothing"], 2, /none of that id/],
      [["init", "--name", "a b"], 2, /lower-case/],
      [["import", "/nonexistent"], 2, /cannot be read/],
      [["login", "--gateway", "http://a.example"], 2, /not an https URL/],
      [["login", "--gateway", "http://127.0.0.1:9", "--api-key", "k"], 4, /does not answer/],
      [["start"], 3, /not logged in/],
      [["logs", "--lines", "x"], 2, /needs a number/],
    ];
    for (const [args, code, words] of wrong) {
      const told = await run(args);
      assert.equal(told.code, code, args.join(" "));
      assert.match(told.err, words);
    }
    const { out } = await run(["status"]);
    assert.match(out, /not logged in[\s\S]*not running/);
    assert.deepEqual(JSON.parse((await run(["status", "--json"])).out), {
      ...{ gateway: null, running: null },
    });
    assert.equal((await run(["logs"])).out, "");
  }));

Deno.test("airlock bridge login keeps a key that the gateway takes, and no other", () =>
  withHome(async (run, home) => {
    const asked: (string | null)[] = [];
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (one) => {
        asked.push(one.headers.get("authorization"));
        const status = new Map([["Bearer good", 200], ["Bearer other", 403]]);
        return new Response("{}", { status: status.get(asked.at(-1) ?? "") ?? 401 });
      },
    );
    const gateway = `http://127.0.0.1:${server.addr.port}`;
    const login = (key: string) => run(["login", "--gateway", gateway, "--api-key", "-"], key);
    assert.match((await login("bad")).err, /does not take the key/);
    assert.match((await login("other")).err, /not for bridges/);
    const path = `${home}/.airlock/credentials.json`;
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    assert.equal((await login("good\n")).code, 0);
    assert.deepEqual(JSON.parse(await Deno.readTextFile(path)), { gateway, apiKey: "good" });
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    assert.equal((await run(["logout"])).code, 0);
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
  }));
