import assert from "node:assert/strict";
import { AccountsWorld } from "../tests/support/accounts_world.ts";
import { DevicePerson } from "../tests/support/device_person.ts";
import { fakeCli } from "../tests/support/fake_cli.ts";
import { PeopleOf } from "../tests/support/people_of.ts";

async function withHome(
  test: (
    run: (
      args: readonly string[],
      stdin?: string,
      onPage?: (url: string) => void,
    ) => Promise<{ code: number; out: string; err: string }>,
    home: string,
  ) => Promise<void>,
) {
  const home = await Deno.makeTempDir();
  try {
    await test(async (args, stdin = "", onPage) => {
      const cli = fakeCli({
        ...{ environment: { HOME: home, PATH: Deno.env.get("PATH") }, stdin },
        ...(onPage && { openPage: (url) => (onPage(url), true) }),
      });
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

Deno.test("airlock bridge login gets a key of its own by a page of the gateway", () =>
  withHome(async (run, home) => {
    await using world = await AccountsWorld.open({
      accounts: { trustsMachine: false },
      gateway: { settings: { apiKey: "the key of the owner" } },
    });
    const people = new PeopleOf(world);
    const person = new DevicePerson(world, await people.add("ada"));
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => world.gateway.app.fetch(request),
    );
    const gateway = `http://127.0.0.1:${server.addr.port}`;
    const path = `${home}/.airlock/credentials.json`;
    const answering = (decision: "allow" | "deny") => {
      const opened: string[] = [];
      const login = run(["login", "--gateway", gateway], "", async (url) => {
        opened.push(url);
        const { text } = await person.open(new URL(url).searchParams.get("user_code") ?? "");
        await person.press(text, decision);
      });
      return login.then((ended) => ({ ...ended, opened }));
    };
    await run(["init", "--name", "desk"]);
    const [denied, allowed] = await Promise.all([answering("deny"), answering("allow")]);
    assert.match(denied.err, /it was not allowed/);
    assert.equal(allowed.code, 0, allowed.err);
    assert.match(allowed.out, /[A-Z]{4}-[A-Z]{4}[\s\S]*allowed by ada \(ada@example\.com\)/);
    assert.equal(new URL(allowed.opened[0] ?? "").origin, gateway);
    const { apiKey } = JSON.parse(await Deno.readTextFile(path));
    assert.ok(!allowed.out.includes(apiKey) && !allowed.err.includes(apiKey));
    const me = await (await world.ask("/api/me", { key: apiKey })).json();
    assert.deepEqual(me.scopes, ["bridge:connect"]);
    assert.equal((await run(["logout"])).code, 0);
    const gone = await world.ask("/api/me", { key: apiKey });
    assert.equal(gone.status, 401);
    await gone.body?.cancel();
  }));

Deno.test("an attack: a gateway that wants something else opened than a page", () =>
  withHome(async (run) => {
    const opened: string[] = [];
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      ({ url }) => {
        if (new URL(url).pathname !== "/oauth/device/code") {
          return new Response(null, { status: 401 });
        }
        return Response.json({
          ...{ device_code: "d", user_code: "BBBB-CCCC", expires_in: 600, interval: 1 },
          verification_uri: "https://airlock.example/",
          verification_uri_complete: "file:///etc/passwd",
        });
      },
    );
    const gateway = `http://127.0.0.1:${server.addr.port}`;
    const { code } = await run(["login", "--gateway", gateway], "", (url) => opened.push(url));
    assert.deepEqual([code, opened], [2, []]);
  }));
