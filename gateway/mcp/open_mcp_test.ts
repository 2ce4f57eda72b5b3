import assert from "node:assert/strict";
import { MasterKeys } from "../../accounts/secrets/master_keys.ts";
import { OWNER_CALLER } from "../../accounts/owner_caller.ts";
import { openSharedDatabase } from "../../tests/support/test_database.ts";
import { failsWith } from "../../tests/support/fails_with.ts";
import { createMcpDesk } from "./create_mcp_desk.ts";
import { openMcp } from "./open_mcp.ts";
import { readCollectionId, readMcpCollection } from "./mcp_collection.ts";
import { McpCollections } from "./mcp_collections.ts";
import { SandboxSource } from "./sandbox_source.ts";

Deno.test("openMcp() ends what is open when calls must stop", async () => {
  await using database = await openSharedDatabase();
  const { sql } = database;
  const stop = new AbortController();
  const options = {
    accounts: {
      sql,
      grantThrough: () => Promise.resolve({}),
      masterKeys: new MasterKeys({ current: undefined, previous: undefined }),
    },
    upstreams: () => Promise.reject(new Error("not connected")),
    executor: { execute: () => Promise.reject(new Error("not called")) },
    pins: { contextOf: () => null, drop: () => {} },
    ...{ stop: stop.signal, version: "0.0.0", heartbeatMs: 1_000, onFailure: () => {} },
  };
  const { desk, sse } = openMcp(options);
  const opened = await sse.open(desk.everything(OWNER_CALLER), { path: "/mcp/sse" });
  assert.equal(sse.size, 1);
  stop.abort();
  assert.equal(sse.size, 0);
  await opened.body?.cancel();

  const nowhere = { user: "me", collection: "nothing" };
  await failsWith(createMcpDesk(options).partAt(OWNER_CALLER, nowhere), { code: "not_found" });
  assert.equal(await readCollectionId(sql, nowhere), null);
  assert.equal(await readMcpCollection(sql, "col_nothing"), null);
  const collections = new McpCollections(sql, () => {});
  const source = new SandboxSource({
    ...options,
    collections,
    grantThrough: () => Promise.resolve({}),
    originOf: () => Promise.resolve(undefined),
  });
  assert.deepEqual(await source.listTools(desk.everything(OWNER_CALLER).audience), []);
});
