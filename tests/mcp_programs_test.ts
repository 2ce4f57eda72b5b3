import assert from "node:assert/strict";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { AccountsWorld } from "./support/accounts_world.ts";
import { userCaller } from "./support/callers.ts";
import { fillFixtures, runFixture } from "./support/conformance_fixtures.ts";
import { connectNew } from "./support/mcp_clients.ts";
import { OauthPerson } from "./support/oauth_person.ts";
import { PeopleOf } from "./support/people_of.ts";

/** By npm: it names a package for another system that is not everywhere, which Deno does not bear. */
const INSPECTOR = ["npx", "-y", "@modelcontextprotocol/inspector@2.12.0", "--cli"] as const;
const REMOTE = "npm:mcp-remote@0.15.1";
const TOOL = "fixtures--test_simple_text";

/** Without the project's lock: what these bring along must not change what the program is made of. */
const RUN = ["run", "--no-lock", "--no-config", "--node-modules-dir=none", "-A"];

/** Whether a program is there, or installs. Asked before the tests, so that their names say so. */
async function works(program: string, args: readonly string[]): Promise<boolean> {
  try {
    const command = new Deno.Command(program, {
      args: [...args],
      ...{ stdin: "null", stdout: "null", stderr: "null" },
    });
    return (await command.output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const [npx, ...inspector] = INSPECTOR;
const [hasInspector, hasRemote] = await Promise.all([
  works(npx, [...inspector, "--help"]),
  works(Deno.execPath(), ["cache", ...RUN.slice(1, -1), REMOTE]),
]);
const orWhy = (name: string, has: boolean) => has ? name : `${name} (it does not install here)`;

/** Keeps what a program remembers in a directory of the test, and opens no browser. */
function environmentIn(directory: string): Record<string, string> {
  return {
    ...{ MCP_REMOTE_CONFIG_DIR: directory, BROWSER: "/bin/true", HOME: directory },
    DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`,
    PATH: Deno.env.get("PATH") ?? "",
  };
}

/** Where npm finds its configuration and what it has fetched, whatever `HOME` is. */
function npmEnvironment(): Record<string, string> {
  const own = Object.entries(Deno.env.toObject());
  const home = Deno.env.get("HOME") ?? "";
  return {
    ...{ NPM_CONFIG_USERCONFIG: `${home}/.npmrc`, NPM_CONFIG_CACHE: `${home}/.npm` },
    ...Object.fromEntries(own.filter(([name]) => /^npm_config_/i.test(name))),
  };
}

/** A gateway that somebody has an account at, on a port of its own. */
async function serveWorld() {
  const stack = new AsyncDisposableStack();
  const world = stack.use(await AccountsWorld.open({ gateway: { execute: runFixture } }));
  const cookie = await new PeopleOf(world).add("ada");
  await fillFixtures(world);
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    (request) => world.gateway.app.fetch(request),
  );
  stack.defer(() => server.shutdown());
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const directory = await Deno.makeTempDir({ prefix: "airlock-programs-" });
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  return { world, cookie, origin, endpoint: `${origin}/mcp/me/suite`, directory, stack };
}

Deno.test({
  name: orWhy("MCP Inspector's command line lists and calls with a key", hasInspector),
  // Only where it does not install, which the name then says.
  ignore: !hasInspector,
  async fn() {
    const { world, endpoint, directory, stack } = await serveWorld();
    await using _stack = stack;
    const { token } = await world.makeKey(userCaller({ tenant: "local" }), {
      scopes: ["mcp:execute"],
    });
    const inspect = async (...args: readonly string[]) => {
      const authorization = `Authorization: Bearer ${token}`;
      const { stdout, stderr } = await new Deno.Command(npx, {
        args: [
          ...[...inspector, endpoint, "--transport", "http", "--header", authorization],
          ...args,
        ],
        cwd: directory,
        clearEnv: true,
        env: { ...npmEnvironment(), ...environmentIn(directory) },
      }).output();
      const decoder = new TextDecoder();
      const text = decoder.decode(stdout);
      assert.ok(text.startsWith("{"), text + decoder.decode(stderr));
      return JSON.parse(text);
    };
    const { tools } = await inspect("--method", "tools/list");
    assert.ok(tools.some(({ name }: { name: string }) => name === TOOL));
    const { content } = await inspect("--method", "tools/call", "--tool-name", TOOL);
    assert.match(content[0].text, /simple text/);
  },
});

Deno.test({
  name: orWhy("mcp-remote signs in by itself, and serves over stdin and stdout", hasRemote),
  // Only where it does not install, which the name then says.
  ignore: !hasRemote,
  async fn() {
    const { cookie, origin, endpoint, directory, stack } = await serveWorld();
    await using _stack = stack;
    const transport = new StdioClientTransport({
      command: Deno.execPath(),
      args: [...RUN, REMOTE, endpoint, "--allow-http", "--transport", "http-only"],
      cwd: directory,
      env: environmentIn(directory),
      stderr: "pipe",
    });
    let said = "";
    const asked = Promise.withResolvers<URL>();
    transport.stderr?.on("data", (part: Uint8Array) => {
      said += new TextDecoder().decode(part);
      const address = /(http:\S+\/oauth\/authorize\?\S+)\s/.exec(said)?.[1];
      if (address !== undefined) asked.resolve(new URL(address));
    });
    const connecting = connectNew(transport, { kind: "session" });
    connecting.catch((error) => asked.reject(new Error(`${error}\n${said}`)));
    const page = await asked.promise;
    assert.equal(page.origin, origin);
    const person = new OauthPerson({ origin, send: fetch, cookie });
    const back = await person.allowAt(page.search.slice(1));
    const returned = await fetch(back);
    assert.equal(returned.status, 200, await returned.text());
    await using client = await connecting;
    assert.ok((await client.list()).some(({ name }) => name === TOOL), said);
    assert.match(JSON.stringify(await client.call(TOOL)), /simple text/);
  },
});
