import assert from "node:assert/strict";
import { loadConfig } from "../config.ts";
import { databaseOf } from "./database_of.ts";

Deno.test("databaseOf() is in the data directory unless a server is configured", () => {
  const embedded = databaseOf(loadConfig({ AIRLOCK_DATA_DIR: "/data" }));
  assert.deepEqual(embedded, { url: undefined, directory: "/data/database" });
  const url = "postgres://u:p@db/airlock";
  assert.equal(databaseOf(loadConfig({ AIRLOCK_DATABASE_URL: url })).url, url);
});
