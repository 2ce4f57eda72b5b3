import assert from "node:assert/strict";
import type { ServerConfig } from "../bridge/bridge_config.ts";
import { BridgeWorld } from "./support/bridge_world.ts";
import { findBrowser } from "./support/browser.ts";
import { connectLibrary } from "./support/library_client.ts";
import { descendantsOf, processesNaming } from "./support/process_tree.ts";

/** Servers that many people have, as npm has them. */
const PACKAGES = {
  "@modelcontextprotocol/server-filesystem": "2026.8.31",
  "@modelcontextprotocol/server-memory": "2026.8.31",
  "@modelcontextprotocol/server-everything": "2026.8.31",
  "chrome-devtools-mcp": "1.11.0",
};

async function install(directory: string): Promise<void> {
  const configuration = { nodeModulesDir: "auto", minimumDependencyAge: "0" };
  await Deno.writeTextFile(
    `${directory}/package.json`,
    JSON.stringify({ dependencies: PACKAGES }),
  );
  await Deno.writeTextFile(`${directory}/deno.json`, JSON.stringify(configuration));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    ...{ args: ["install", "--quiet"], cwd: directory, stdout: "null" },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

function server(directory: string, id: string, args: readonly string[] = []) {
  const name = `@modelcontextprotocol/server-${id}`;
  const file = `${directory}/node_modules/${name}/dist/index.js`;
  return {
    ...{ id, command: Deno.execPath(), cwd: directory },
    args: ["run", "-A", "--quiet", file, ...args],
  } satisfies Partial<ServerConfig>;
}

/** In every command line of the browser that the server below starts. */
const MARKER = `--airlock-test=${crypto.randomUUID()}`;

/** A server that drives a browser of its own, which shows nothing but our own page. */
function browserServer(directory: string, browser: string) {
  const file = `${directory}/node_modules/chrome-devtools-mcp/build/src/bin/chrome-devtools-mcp.js`;
  return {
    ...{ id: "chrome", command: Deno.execPath(), cwd: directory },
    args: [
      ...["run", "-A", "--quiet", file, "--headless", "--isolated", "--usageStatistics=false"],
      ...[`--executablePath=${browser}`, "--viewport=640x480", `--chromeArg=${MARKER}`],
      ...["--no-sandbox", "--disable-dev-shm-usage", "--no-proxy-server", "--disable-gpu"]
        .map((arg) => `--chromeArg=${arg}`),
    ],
    allow: ["new_page", "take_screenshot"],
  } satisfies Partial<ServerConfig>;
}

/** A page that is red and nothing else. */
function servePage(): Deno.HttpServer<Deno.NetAddr> {
  const page = "<!doctype html><title>Red</title><style>html { background: #c00000 }</style>";
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(page, { headers: { "content-type": "text/html" } }),
  );
}

function textOf(result: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(result.content);
}

Deno.test("servers that people have are called through a collection", async (t) => {
  await using world = await BridgeWorld.open();
  const browser = await findBrowser(Deno.env.get("PATH") ?? "");
  const directory = await Deno.realPath(await Deno.makeTempDir({ prefix: "airlock-servers-" }));
  try {
    await install(directory);
    const files = `${directory}/files`;
    await Deno.mkdir(files);
    await Deno.writeTextFile(`${files}/note.txt`, "remember the milk");
    const startedMs = performance.now();
    const bridge = await world.start([
      server(directory, "filesystem", [files]),
      { ...server(directory, "memory"), env: { MEMORY_FILE_PATH: `${directory}/memory.json` } },
      server(directory, "everything", ["stdio"]),
      ...(browser === undefined ? [] : [browserServer(directory, browser)]),
    ]);
    const tools = await world.tools(browser === undefined ? 30 : 38);
    assert.ok(performance.now() - startedMs < 60_000);
    const collection = await world.collect(tools.values());
    await using client = await world.connect(collection);

    await t.step("filesystem reads what it may, and says what it may not", async () => {
      const read = (path: string) => client.call("filesystem--read_text_file", { path });
      assert.match(textOf(await read(`${files}/note.txt`)), /remember the milk/);
      const refused = await read("/etc/passwd");
      assert.equal(refused.isError, true);
      assert.match(textOf(refused), /denied/i);
    });
    await t.step("memory keeps what it is told", async () => {
      const entities = [{ name: "Ada", entityType: "person", observations: ["likes engines"] }];
      await client.call("memory--create_entities", { entities });
      assert.match(textOf(await client.call("memory--read_graph")), /likes engines/);
    });
    await t.step("everything's resources and prompts are there as well", async () => {
      await using library = await connectLibrary(world, collection);
      const { resources } = await library.client.listResources();
      const [{ uri } = { uri: "" }] = resources;
      assert.match(uri, /^airlock:brg_\w+_everything\/demo:/);
      const { contents: [content] } = await library.client.readResource({ uri });
      assert.ok(content !== undefined && "text" in content && content.text.length > 0);
      const { prompts } = await library.client.listPrompts();
      const [{ name } = { name: "" }] = prompts;
      assert.match(name, /^everything--/);
      assert.ok((await library.client.getPrompt({ name })).messages.length > 0);
    });
    await t.step("everything adds, draws and says how far it is", async () => {
      const names = (await client.list()).map(({ name }) => name);
      const named = (pattern: RegExp) => {
        const name = names.find((one) => pattern.test(one));
        assert.ok(name !== undefined, `${pattern} is none of ${names}`);
        return name;
      };
      assert.match(textOf(await client.call(named(/everything--.*sum/), { a: 2, b: 3 })), /5/);
      const { content } = await client.call(named(/everything--.*tiny.?image/i));
      const parts = content as { type: string; mimeType?: string; data?: string }[];
      const image = parts.find(({ type }) => type === "image");
      assert.match(image?.mimeType ?? "", /^image\//);
      assert.ok((image?.data?.length ?? 0) > 100);
      const heard: unknown[] = [];
      const long = named(/everything--.*long.?running/i);
      await client.call(long, { duration: 1, steps: 3 }, { onProgress: (one) => heard.push(one) });
      assert.equal(heard.length, 3);
    });
    await t.step({
      name: "chrome-devtools takes a picture of a page",
      // Only where there is no browser: the other servers are looked at all the same.
      ignore: browser === undefined,
      async fn() {
        await using page = servePage();
        const url = `http://127.0.0.1:${page.addr.port}/`;
        // The first page is never shown, so there is no picture of it.
        const opened = textOf(await client.call("chrome--new_page", { url }));
        const pageId = Number(/(\d+): Red /.exec(opened)?.[1]);
        const { content } = await client.call("chrome--take_screenshot", { pageId });
        const parts = content as { type: string; mimeType?: string; data?: string }[];
        const image = parts.find(({ type }) => type === "image");
        assert.equal(image?.mimeType, "image/png");
        const png = Uint8Array.fromBase64(image?.data ?? "");
        assert.deepEqual([...png.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
        const header = new DataView(png.buffer, 16);
        assert.deepEqual([header.getUint32(0), header.getUint32(4)], [640, 480]);
        assert.ok(processesNaming(MARKER).length > 0);
      },
    });
    await t.step("nothing of them is left when it stops", async () => {
      const running = descendantsOf(Deno.pid).filter(({ command }) => command.includes(directory));
      assert.ok(running.length >= 3);
      const stoppingMs = performance.now();
      await bridge[Symbol.asyncDispose]();
      assert.ok(performance.now() - stoppingMs < 15_000);
      const left = new Set(descendantsOf(Deno.pid).map(({ pid }) => pid));
      assert.deepEqual(running.filter(({ pid }) => left.has(pid)), []);
      assert.deepEqual(processesNaming(MARKER), []);
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
