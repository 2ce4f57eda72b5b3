import assert from "node:assert/strict";
import { openSharedDatabase } from "../tests/support/test_database.ts";
import { startHealthChecks } from "./start_health_checks.ts";

Deno.test("startHealthChecks() leaves no timer behind", async () => {
  await using database = await openSharedDatabase("pglite");
  const never = () => Promise.reject(new Error("not needed"));
  const engine = { executor: { execute: never }, describer: { describe: never, explain: never } };
  const failures: unknown[] = [];
  // The test runner fails on timers that outlive the test.
  await using _checks = startHealthChecks(database, engine, {
    onFailure: (error) => failures.push(error),
  });
  assert.deepEqual(failures, []);
});
