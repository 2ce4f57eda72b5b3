import assert from "node:assert/strict";
import { createMCPClient } from "@ai-sdk/mcp";
import { Experimental_StdioMCPTransport as AiStdioTransport } from "@ai-sdk/mcp/mcp-stdio";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StdioClientTransport as OldStdioTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { createCollection } from "../accounts/collections/change_collection.ts";
import { addTool } from "../accounts/collections/change_tools.ts";
import { createKey } from "../accounts/keys/create_key.ts";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import { loadConfig } from "../config.ts";
import { databaseOf } from "../engine/database_of.ts";
import { openEngine } from "../engine/open_engine.ts";
import { recordPackage } from "../registry/catalog/record_package.ts";
import { toolsOfPackage } from "../registry/catalog/tools_of_package.ts";
import type { AnySql } from "../registry/database/database.ts";
import { migrate } from "../registry/database/migrate.ts";
import { openDatabase } from "../registry/database/open_database.ts";
import { pinFromCatalog } from "../registry/pins/pin_from_catalog.ts";
import {
  CLIENT_KINDS,
  connectClient,
  connectNew,
  connectOld,
  type TestClient,
} from "./support/mcp_clients.ts";
import { descendantsOf } from "./support/process_tree.ts";
import { ServedGateway } from "./support/served_gateway.ts";

const PACKAGE = "@tpmjs/tools-html-to-markdown";
const NAME = "tpmjs-tools-html-to-markdown--htmlToMarkdownTool";
const ARGS = { html: "<h1>Hi</h1>" };

/** A collection of one published tool in a data directory; a key for it. */
async function fill(dataDirectory: string): Promise<{ readonly key: string }> {
  const config = loadConfig({ AIRLOCK_DATA_DIR: dataDirectory, AIRLOCK_DEFAULT_SOURCE: "npm" });
  await using database = await openDatabase(databaseOf(config));
  await migrate(database);
  const environment = Deno.env.toObject();
  const onUnexpected = (error: unknown) => assert.fail(String(error));
  await using engine = await openEngine({ config, environment, version: "0", onUnexpected });
  const wish = { source: "npm", packageName: PACKAGE } as const;
  using code = await engine.openCode(wish, new AbortController().signal);
  const { manifest, lock } = code;
  const actor = { caller: OWNER_CALLER, requestId: null };
  const ownerId = OWNER_CALLER.tenant;
  const digest = "ab".repeat(32);
  await recordPackage(database.sql, {
    manifest,
    lock,
    digest,
    ownerId: null,
    visibility: "public",
  });
  const [tool] = await toolsOfPackage(database.sql, wish);
  assert.ok(tool !== undefined);
  return await database.sql.begin(async (tx: AnySql) => {
    const { id: collectionId } = await createCollection(tx, actor, { name: "Words" });
    await addTool(tx, actor, { collectionId, toolId: tool.id });
    await pinFromCatalog(tx, { collectionId, toolId: tool.id, ownerId, by: null });
    const { token: key } = await createKey(tx, actor, {
      ...{ name: "mcp", scopes: ["mcp:execute"], collections: [collectionId] },
      ...{ ceiling: {}, expiresAt: null },
    });
    return { key };
  });
}

async function assertServes(client: TestClient): Promise<void> {
  const tools = await client.list();
  assert.deepEqual(tools.map(({ name }) => name), [NAME]);
  assert.match(JSON.stringify(await client.call(NAME, ARGS)), /# Hi/);
}

type AiTransport = Parameters<typeof createMCPClient>[0]["transport"];

async function assertServesAi(transport: AiTransport): Promise<void> {
  const client = await createMCPClient({ transport });
  const { [NAME]: tool } = await client.tools();
  assert.ok(tool?.execute !== undefined);
  const result = await tool.execute(ARGS, { toolCallId: "1", messages: [], context: undefined });
  assert.match(JSON.stringify(result), /# Hi/);
  await client.close();
}

Deno.test("MCP clients call a published tool through a real gateway, and by command", async (t) => {
  const dataDirectory = await Deno.makeTempDir({ prefix: "airlock-mcp-" });
  try {
    const { key } = await fill(dataDirectory);
    {
      await using gateway = await ServedGateway.start({ dataDirectory });
      const { url } = gateway;
      const endpoint = `${url}/mcp/me/words`;
      for (const kind of CLIENT_KINDS) {
        await t.step(`over HTTP (${kind})`, async () => {
          await using client = await connectClient(kind, { url: endpoint, key });
          await assertServes(client);
        });
      }
      await t.step("over the old transport", async () => {
        const headers = { authorization: `Bearer ${key}` };
        const transport = new SSEClientTransport(new URL(`${endpoint}/sse`), {
          requestInit: { headers },
        });
        await using client = await connectOld(transport);
        await assertServes(client);
      });
      await t.step("over HTTP (AI SDK)", async () => {
        const headers = { authorization: `Bearer ${key}` };
        await assertServesAi({ type: "http", url: endpoint, headers });
      });
      await t.step("without a client", async () => {
        const body = { serverId: "me/words", toolName: NAME, arguments: ARGS };
        const answer = await fetch(`${url}/mcp/call`, {
          method: "POST",
          headers: { "content-type": "application/json", "x-api-key": key },
          body: JSON.stringify(body),
        });
        const { success, result } = await answer.json();
        assert.equal(success, true);
        assert.match(JSON.stringify(result), /# Hi/);
      });
    }
    const command = {
      command: Deno.execPath(),
      args: ["run", "--frozen", "-A", "main.ts", "mcp", "--collection", "words"],
      env: {
        ...Deno.env.toObject(),
        AIRLOCK_DATA_DIR: dataDirectory,
        AIRLOCK_DEFAULT_SOURCE: "npm",
      },
      stderr: "ignore" as const,
    };
    await t.step("by command (2026)", async () => {
      await using client = await connectNew(new StdioClientTransport(command), { kind: "2026" });
      await assertServes(client);
    });
    await t.step("by command (v1), and nothing of it is left", async () => {
      const transport = new OldStdioTransport(command);
      const client = await connectOld(transport);
      await assertServes(client);
      assert.ok(transport.pid !== null && descendantsOf(transport.pid).length > 0);
      const left = descendantsOf(transport.pid);
      await client[Symbol.asyncDispose]();
      for (const { pid } of left) assert.throws(() => Deno.kill(pid, "SIGCONT"));
    });
    await t.step("by command (AI SDK)", async () => {
      await assertServesAi(new AiStdioTransport(command));
    });
  } finally {
    await Deno.remove(dataDirectory, { recursive: true });
  }
});
