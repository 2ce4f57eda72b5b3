import assert from "node:assert/strict";
import { createMCPClient } from "@ai-sdk/mcp";
import { CLIENT_KINDS, connectClient, type TestClient } from "./support/mcp_clients.ts";
import { eventually } from "./support/kill_world.ts";
import { listenEverything, realServer } from "./support/real_upstreams.ts";
import { ServedGateway } from "./support/served_gateway.ts";

/** A directory with a file, for the server of files. */
async function withFiles(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "airlock_servers_" });
  try {
    await Deno.mkdir(`${directory}/files`);
    await Deno.writeTextFile(`${directory}/files/hello.txt`, "hello from a file");
    await work(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function post(gateway: ServedGateway, path: string, body: object) {
  const response = await fetch(`${gateway.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  assert.equal(response.status, 201, JSON.stringify(answer));
  return answer;
}

/** What a gateway answers without a client, as text. */
async function ask({ url }: ServedGateway, method: string, params: object): Promise<string> {
  const response = await fetch(`${url}/mcp/me/all`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  return await response.text();
}

/** Children that are servers of others. */
function servers(gateway: ServedGateway) {
  return gateway.processes().filter(({ command }) => /server-(?:memory|filesystem)/.test(command));
}

async function assertServes(client: TestClient, directory: string): Promise<void> {
  const names = (await client.list()).map(({ name }) => name);
  for (const name of ["web--echo", "old--echo", "memory--read_graph", "files--read_text_file"]) {
    assert.ok(names.includes(name), `${name} in ${names.join()}`);
  }
  const said = async (name: string, args: Parameters<TestClient["call"]>[1]) =>
    JSON.stringify(await client.call(name, args));
  assert.match(await said("web--echo", { message: "over HTTP" }), /over HTTP/);
  assert.match(await said("old--echo", { message: "over SSE" }), /over SSE/);
  const path = `${directory}/files/hello.txt`;
  assert.match(await said("files--read_text_file", { path }), /hello from a file/);
  const outside = await client.call("files--read_text_file", { path: "/etc/passwd" });
  assert.equal(outside["isError"], true);
  const entities = [{ name: "Ada", entityType: "person", observations: ["counts"] }];
  await client.call("memory--create_entities", { entities });
  assert.match(await said("memory--read_graph", {}), /Ada/);
  const progress: unknown[] = [];
  await client.call("web--trigger-long-running-operation", { duration: 0.2, steps: 2 }, {
    onProgress: (message) => progress.push(message),
  });
  assert.equal(progress.length, 2);
}

Deno.test("a gateway serves real servers over stdio, HTTP and SSE at once, and leaves none behind", async (t) => {
  await using web = await listenEverything("streamableHttp");
  await using old = await listenEverything("sse");
  await withFiles(async (directory) => {
    const memory = ["env", `MEMORY_FILE_PATH=${directory}/memory.json`, ...realServer("memory")];
    const files = realServer("filesystem", `${directory}/files`);
    const env = {
      AIRLOCK_NET_ALLOW_PRIVATE: [web, old].map(({ port }) => `127.0.0.1:${port}`).join(),
      AIRLOCK_MCP_STDIO_COMMANDS: JSON.stringify([memory, files]),
    };
    const start = () => ServedGateway.start({ dataDirectory: `${directory}/data`, env });
    const tools = { timeoutMs: 20_000 };
    {
      await using gateway = await start();
      const { id } = await post(gateway, "/api/collections", { name: "All", metaTools: "off" });
      const path = `/api/collections/${id}/servers`;
      await post(gateway, path, { ...tools, name: "web", url: web.url });
      await post(gateway, path, { ...tools, name: "old", url: old.url });
      await post(gateway, path, { ...tools, name: "memory", command: memory });
      await post(gateway, path, { ...tools, name: "files", command: files });
      assert.deepEqual(servers(gateway), [], "a look leaves nothing running");
      for (const kind of CLIENT_KINDS) {
        await t.step(`to a client of ${kind}`, async () => {
          await using client = await connectClient(kind, { url: `${gateway.url}/mcp/me/all` });
          await assertServes(client, directory);
        });
      }
      await t.step("to the AI SDK's client", async () => {
        const client = await createMCPClient({
          transport: { type: "http", url: `${gateway.url}/mcp/me/all` },
        });
        try {
          const { "web--echo": echo, "memory--read_graph": graph } = await client.tools();
          const how = { toolCallId: "1", messages: [], context: {} };
          const said = await echo?.execute?.({ message: "by the AI SDK" }, how);
          assert.match(JSON.stringify(said), /by the AI SDK/);
          assert.match(JSON.stringify(await graph?.execute?.({}, how)), /Ada/);
        } finally {
          await client.close();
        }
      });
      await t.step("with their resources and prompts", async () => {
        const resources = await ask(gateway, "resources/list", {});
        const [uri] = /airlock:srv_\w+\/[^"]+/.exec(resources) ?? [];
        assert.ok(uri !== undefined, resources);
        assert.match(
          await ask(gateway, "resources/read", { uri }),
          /"contents":\[\{"uri":"airlock:/,
        );
        const prompts = await ask(gateway, "prompts/list", {});
        for (const server of ["web", "old"]) assert.ok(prompts.includes(`"${server}--`), prompts);
        const [, name] = /"name":"(web--simple[^"]+)"/.exec(prompts) ?? [];
        assert.match(await ask(gateway, "prompts/get", { name }), /"messages":\[\{"role"/);
      });
      await t.step("and ends those it started when it is interrupted", async () => {
        const children = servers(gateway);
        assert.ok(children.length >= 2);
        gateway.interruptGroup();
        await gateway.status;
        for (const { pid } of children) assert.ok(await eventually(() => !isRunning(pid), 3_000));
      });
    }
    await t.step("and when it is killed", async () => {
      await using gateway = await start();
      await using client = await connectClient("session", { url: `${gateway.url}/mcp/me/all` });
      await client.call("memory--read_graph");
      await client.call("files--list_allowed_directories");
      const children = servers(gateway);
      assert.ok(children.length >= 2);
      gateway.kill("SIGKILL");
      await gateway.status;
      for (const { pid } of children) assert.ok(await eventually(() => !isRunning(pid), 5_000));
    });
  });
});

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false; // It has ended.
  }
}
