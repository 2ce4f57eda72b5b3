import assert from "node:assert/strict";
import { loadConfig } from "../config.ts";
import { FakeSyncRegistry } from "../tests/support/fake_sync_registry.ts";
import { failsWith } from "../tests/support/fails_with.ts";
import { openSharedDatabase } from "../tests/support/test_database.ts";
import { FAKE_DESCRIPTION } from "../tests/support/fake_gateway.ts";
import { openSync } from "./open_sync.ts";

Deno.test("openSync() runs jobs as configured, and nothing before it is told to", async () => {
  await using database = await openSharedDatabase();
  await using registry = FakeSyncRegistry.start();
  registry.publish("pkg", { version: "1.2.3" });
  const environment = {
    HOME: "/nonexistent",
    AIRLOCK_NPM_REGISTRY: registry.url,
    AIRLOCK_SYNC_PROBE: "true",
  };
  const config = loadConfig(environment);
  const described: unknown[] = [];
  const describer = {
    explain: () => Promise.reject(new Error("is not asked for")),
    describe: (request: object, { tenant }: { tenant: string }) => {
      described.push({ ...request, tenant });
      const manifest = {
        ...FAKE_DESCRIPTION.manifest,
        resolved: { source: "npm", packageName: "pkg", version: "1.2.3" } as const,
      };
      return Promise.resolve({ ...FAKE_DESCRIPTION, manifest });
    },
  };
  const shared = { environment, database, onFailure: () => {} };
  await using runner = openSync(config, { ...shared, describer });
  assert.deepEqual(registry.requests, []);
  assert.equal((await (await runner.start("keyword")).done).recorded, 1);
  assert.equal((await (await runner.start("probe")).done).recorded, 1);
  assert.deepEqual(described, [
    { packageName: "pkg", version: "1.2.3", source: "npm", tenant: "local" },
  ]);
  const [tool] = await database.sql`select schema_strategy from tools where name = 'greet'`;
  assert.equal(tool?.schema_strategy, "zod4");
  await using blind = openSync(config, shared);
  await failsWith(blind.start("probe"), { code: "not_found" });
});
