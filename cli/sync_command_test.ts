import assert from "node:assert/strict";
import { FakeSyncRegistry } from "../tests/support/fake_sync_registry.ts";
import { fakeCli } from "../tests/support/fake_cli.ts";
import { openSharedDatabase } from "../tests/support/test_database.ts";
import { openSync } from "../engine/open_sync.ts";
import { EXIT } from "./exit_codes.ts";

Deno.test("airlock sync runs a job by hand, and tells how jobs are", async (t) => {
  await using shared = await openSharedDatabase();
  const database = { ...shared, [Symbol.asyncDispose]: () => Promise.resolve() };
  await using registry = FakeSyncRegistry.start();
  const environment = {
    AIRLOCK_NPM_REGISTRY: registry.url,
    AIRLOCK_NPM_CHANGES_URL: `${registry.url}_changes`,
    AIRLOCK_NPM_CHANGES_SINCE: "0",
  };
  const open = () =>
    fakeCli({
      environment,
      startDatabase: () => Promise.resolve(database),
      openSync: (config, parts) =>
        Promise.resolve(openSync(config, { environment, ...parts, onFailure: () => {} })),
    });
  registry.publish("one", { tools: ["a"] });

  await t.step("in words, and as JSON", async () => {
    const cli = open();
    assert.equal(await cli.run("sync", "changes"), EXIT.ok, cli.output.err);
    assert.equal(cli.output.out, "changes: 1 seen, 1 recorded, 0 failed\n");
    const json = open();
    assert.equal(await json.run("sync", "keyword", "--json"), EXIT.ok);
    const { id, ...counts } = JSON.parse(json.output.out);
    assert.match(id, /^run_/);
    assert.deepEqual(counts, { job: "keyword", seen: 1, recorded: 0, failed: 0 });
    for (const job of ["metrics", "stats-snapshot"]) assert.equal(await open().run("sync", job), 0);
  });

  await t.step("a registry that is down is an error with words", async () => {
    registry.intercept = () => new Response("", { status: 400 });
    const cli = open();
    assert.equal(await cli.run("sync", "changes"), EXIT.notPrepared);
    assert.match(cli.output.err, /sync: fetch changes feed: answered 400/);
    registry.intercept = () => undefined;
  });

  await t.step("status", async () => {
    const cli = open();
    assert.equal(await cli.run("sync", "status"), EXIT.ok);
    assert.match(cli.output.out, /changes +\d{4}-\S+ \S+ +0 +0 +0 +sync: fetch changes feed/);
    assert.match(cli.output.out, /probe +never\n0 packages watched, 0 wait/);
    const json = open();
    await json.run("sync", "status", "--json");
    assert.equal(JSON.parse(json.output.out).jobs.length, 5);
  });

  await t.step("a signal ends it where it is", async () => {
    const cli = open();
    registry.publish("two");
    registry.intercept = ({ path }) => {
      if (path !== "two/latest") return undefined;
      cli.signal();
      return new Promise((resolve) => setTimeout(() => resolve(new Response("{}")), 200));
    };
    assert.equal(await cli.run("sync", "changes"), EXIT.interrupted);
    registry.intercept = () => undefined;
    const next = open();
    await next.run("sync", "changes");
    assert.equal(next.output.out, "changes: 1 seen, 1 recorded, 0 failed\n");
  });
});
