import assert from "node:assert/strict";
import { decideChange } from "../registry/pins/decide_change.ts";
import { enterPin, removePins } from "../registry/pins/enter_pin.ts";
import { listChanges, readPin } from "../registry/pins/read_pins.ts";
import { toolState } from "../registry/pins/tool_state.ts";
import { AirlockError } from "../spec/errors.ts";
import { sampleManifest, sampleResolved } from "../tests/support/sample_artifact.ts";
import { openSharedDatabase, testDatabase } from "../tests/support/test_database.ts";
import { createPinBook } from "./create_pin_book.ts";

function held(version: string) {
  return {
    manifest: sampleManifest({ resolved: sampleResolved({ version }) }),
    lock: { packages: { [`sample@${version}`]: `sha512-${version}` }, modules: {} },
    toolName: "echo",
  };
}

const KEY = { collectionId: "col_1", toolId: "tool_1" };

Deno.test("createPinBook() gives calls their pins from memory, and notes what was held back", async () => {
  await using database = await openSharedDatabase();
  const failures: unknown[] = [];
  const book = createPinBook({ sql: database.sql, onFailure: (error) => failures.push(error) });
  assert.equal(await book.contextOf(KEY), null, "a tool without a pin has none");
  const state = toolState(held("1.0.0"), "echo")!;
  const pin = await enterPin(database.sql, { ...KEY, ownerId: "local", by: null, state });
  book.drop(KEY);
  const context = await book.contextOf(KEY);
  assert.deepEqual(context?.pin, {
    ...KEY,
    ...{ source: "npm", packageName: "sample", version: "1.0.0", lock: held("1.0.0").lock },
    lockHash: state.lockHash,
    definitionHashes: { echo: state.definitionHash },
  });
  assert.equal(book.contextOf(KEY), context, "no promise, no query");

  for (let times = 0; times < 50; times++) context?.onHeld(held("1.1.0"));
  let changes = await listChanges(database.sql, pin.id);
  for (let tries = 0; changes.length === 0 && tries < 100; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    changes = await listChanges(database.sql, pin.id);
  }
  assert.deepEqual(changes.map(({ version, state }) => [version, state]), [["1.1.0", "waiting"]]);

  const decision = {
    pinId: pin.id,
    expected: pin.stateHash,
    change: changes[0]!.stateHash,
    by: null,
  };
  await decideChange(database.sql, { ...decision, verdict: "accept" }, () => Promise.resolve());
  book.drop(KEY);
  assert.equal((await book.contextOf(KEY))?.pin.version, "1.1.0");
  await removePins(database.sql, KEY);
  book.drop(KEY);
  assert.equal(await book.contextOf(KEY), null);
  assert.deepEqual(failures, []);
});

Deno.test("createPinBook() fails closed while the database does not answer", async () => {
  const database = await openSharedDatabase();
  await database[Symbol.asyncDispose]();
  const failures: unknown[] = [];
  const book = createPinBook({ sql: database.sql, onFailure: (error) => failures.push(error) });
  await assert.rejects(
    Promise.resolve(book.contextOf(KEY)),
    (error) => error instanceof AirlockError && error.code === "upstream_failed",
  );
  assert.equal(failures.length, 1);
});

testDatabase("createPinBook() notes hosts that calls reach, each once", async ({ sql }) => {
  const failures: unknown[] = [];
  let writes = 0;
  const watched = new Proxy(sql, {
    apply(target, self, args) {
      if (String(args[0]).includes("update tool_pin")) writes += 1;
      return Reflect.apply(target, self, args);
    },
  });
  const book = createPinBook({ sql: watched, onFailure: (error) => failures.push(error) });
  const state = toolState(held("1.0.0"), "echo")!;
  await enterPin(sql, { ...KEY, ownerId: "local", by: null, state });
  const context = await book.contextOf(KEY);
  const hosts = async () => (await readPin(sql, KEY))?.hosts;
  for (let times = 0; times < 50; times++) context?.onReached(["b.example", "a.example"]);
  for (let tries = 0; (await hosts())?.length === 0 && tries < 100; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.deepEqual(await hosts(), ["a.example", "b.example"]);
  assert.equal(writes, 1, "what is known is not written again");
  book.drop(KEY);
  (await book.contextOf(KEY))?.onReached(["a.example"]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(writes, 1);
  assert.deepEqual(failures, []);
});
