import assert from "node:assert/strict";
import { packageEntry } from "../../tests/support/catalog_entries.ts";
import { enterPin } from "../pins/enter_pin.ts";
import { listChanges, readPin } from "../pins/read_pins.ts";
import { toolState } from "../pins/tool_state.ts";
import { SyncWorld } from "../../tests/support/sync_world.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import { AirlockError } from "../../spec/errors.ts";

const NO_LOCK = { packages: {}, modules: {} };

testDatabase(
  "probePackages() looks into what is only known by its registry's words",
  async (database) => {
    const asked: string[] = [];
    const failing = new Map([
      ["broken", new AirlockError("artifact_failed", "build package: it does not")],
      ["later", new AirlockError("pool_exhausted", "build package: busy")],
    ]);
    await using world = new SyncWorld(database, undefined, {
      limits: { probes: 3 },
      jobs: {
        describe: ({ packageName: name, version }) => {
          asked.push(`${name}@${version}`);
          const failure = failing.get(name);
          if (failure !== undefined) return Promise.reject(failure);
          const { manifest, digest } = packageEntry({ name, version, tools: [{ name: "real" }] });
          return Promise.resolve({ manifest, digest, lock: NO_LOCK, sizeBytes: 1 });
        },
      },
    });
    const { registry } = world;
    for (const name of ["broken", "fine", "later", "other"]) registry.publish(name);
    await world.run("changes");
    await database.sql`update package set downloads_week = 9 where name = 'later'`;
    assert.deepEqual(await world.run("probe"), { seen: 3, recorded: 1, failed: 2 });
    // The most used first, and one that failed for now does not keep others from their turn.
    assert.deepEqual(asked, ["later@1.0.0", "broken@1.0.0", "fine@1.0.0"]);
    failing.delete("later");
    assert.deepEqual(await world.run("probe"), { seen: 1, recorded: 1, failed: 0 });
    assert.deepEqual(await world.run("probe"), { seen: 1, recorded: 1, failed: 0 });
    assert.deepEqual(asked.slice(3), ["other@1.0.0", "later@1.0.0"]);
    assert.deepEqual(await world.run("probe"), { seen: 0, recorded: 0, failed: 0 });
    const tools = await database.sql<{ package_name: string; name: string }[]>`
    select package_name, name from tools order by package_name`;
    assert.deepEqual(tools.map((tool) => `${tool.package_name} ${tool.name}`), [
      ...["broken run", "fine real", "later real", "other real"],
    ]);
  },
);

testDatabase(
  "probePackages() looks into what is pinned first, and tells its pins",
  async (database) => {
    const { sql } = database;
    const asked: string[] = [];
    const described = (name: string, version: string) => {
      const { manifest, digest } = packageEntry({ name, version, tools: [{ name: "run" }] });
      const lock = { packages: { [`${name}@${version}`]: `sha512-${version}` }, modules: {} };
      return { manifest, digest, lock, sizeBytes: 1 };
    };
    await using world = new SyncWorld(database, undefined, {
      limits: { probes: 1 },
      jobs: {
        describe: ({ packageName, version }) => {
          asked.push(`${packageName}@${version}`);
          return Promise.resolve(described(packageName, version));
        },
      },
    });
    const state = toolState(described("pinned", "1.0.0"), "run")!;
    const key = { collectionId: "col_1", toolId: "tool_1" };
    const pin = await enterPin(sql, { ...key, ownerId: "local", by: null, state });
    for (const name of ["aaa", "pinned"]) world.registry.publish(name, { version: "1.1.0" });
    await world.run("changes");
    await sql`update package set downloads_week = 9 where name = 'aaa'`;
    await world.run("probe");
    assert.deepEqual(asked, ["pinned@1.1.0"]);
    const changes = await listChanges(sql, pin.id);
    assert.deepEqual(changes.map(({ version, state }) => [version, state]), [["1.1.0", "waiting"]]);
    assert.equal((await readPin(sql, key))?.version, "1.0.0", "and nothing runs by itself");
  },
);
