import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { build, stop } from "esbuild";
import { TestWorld } from "../support/test_world.ts";
import { startRecordingServer } from "./recording_server.ts";

/** HTTP clients as tools use them: source of `request(url)`, which gives the text of the answer. */
const CLIENTS: Readonly<Record<string, string>> = {
  fetch: `export const request = async (url) => (await fetch(url)).text();`,
  "node:http": `import http from "node:http";
    export const request = (url) => new Promise((ok, no) => http.get(url, (response) => {
      let text = ""; response.on("data", (piece) => text += piece); response.on("end", () => ok(text));
    }).on("error", no));`,
  axios: `import axios from "axios";
    export const request = async (url) => (await axios.get(url, { adapter: "http" })).data;`,
  "axios by fetch": `import axios from "axios";
    export const request = async (url) => (await axios.get(url, { adapter: "fetch" })).data;`,
  "node-fetch 3": `import fetch from "node-fetch";
    export const request = async (url) => (await fetch(url)).text();`,
  "node-fetch 2": `import fetch from "node-fetch2";
    export const request = async (url) => (await fetch(url)).text();`,
  got: `import got from "got";
    export const request = (url) => got(url, { retry: { limit: 0 } }).text();`,
  undici: `import { request as send } from "undici";
    export const request = async (url) => (await send(url)).body.text();`,
  "undici fetch": `import { fetch } from "undici";
    export const request = async (url) => (await fetch(url)).text();`,
};

const NODE_FETCH_2 =
  "../../node_modules/.deno/node-fetch@2.7.0/node_modules/node-fetch/lib/index.js";

/** The source with its packages in it, as many tools are published. */
async function bundled(source: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: fileURLToPath(new URL("../..", import.meta.url)) },
    // The second major version lies beside the first only in our own import map.
    alias: { "node-fetch2": fileURLToPath(new URL(NODE_FETCH_2, import.meta.url)) },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    external: ["node:*", "undici"],
    banner: {
      js:
        `import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);`,
    },
    logLevel: "silent",
  });
  await stop();
  return outputFiles[0]!.text;
}

for (const [client, source] of Object.entries(CLIENTS)) {
  Deno.test(`${client} inside a tool reaches what was granted and nothing else`, async () => {
    await using granted = startRecordingServer("127.0.0.1");
    await using other = startRecordingServer();
    await using world = await TestWorld.open({
      env: { AIRLOCK_NET_ALLOW_PRIVATE: `127.0.0.1` },
    });
    // The build puts its own module in its place; what is installed is never loaded.
    const undici = { packageJson: { type: "module", exports: "./x.js" }, files: { "x.js": "" } };
    await world.registry.publish({ name: "undici", version: "7.0.0", ...undici });
    const dependencies = { undici: "7.0.0" };
    await world.publish("client", await bundled(source), { packageJson: { dependencies } });
    const call = (url: string) =>
      world.call({
        packageName: "client",
        name: "request",
        params: url,
        permissions: { net: [`127.0.0.1:${granted.port}`] },
      });
    const reached = await call(`${granted.origin}/in`);
    assert.ok(reached.success, JSON.stringify(reached));
    assert.equal(reached.output, "reached");
    const refused = await call(`${other.origin}/out`);
    assert.ok(!refused.success, JSON.stringify(refused));
    assert.equal(refused.code, "tool_error");
    assert.equal(
      refused.suggestion,
      `Grant it with permissions.net: ["127.0.0.1:${other.port}"]`,
    );
    assert.deepEqual(granted.requests.map(({ path }) => path), ["/in"]);
    assert.deepEqual(other.requests, []);
    assert.deepEqual(world.unexpected, []);
  });
}
