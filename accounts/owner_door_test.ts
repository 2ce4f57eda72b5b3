import assert from "node:assert/strict";
import { join } from "node:path";
import type { Database } from "../registry/database/database.ts";
import { leaveNobodyMark } from "../registry/database/nobody_mark.ts";
import { openDatabase } from "../registry/database/open_database.ts";
import { startDatabase } from "../registry/database/start_database.ts";
import { hearChanges } from "./hear_changes.ts";
import { OwnerDoor } from "./owner_door.ts";
import { MasterKeys } from "./secrets/master_keys.ts";
import { SecretReader } from "./secrets/secret_reader.ts";

const start = (directory: string) =>
  startDatabase({ url: undefined, directory, onFailure: assert.ifError });

const doorOf = (database: Database) => new OwnerDoor({ database, onFailure: () => {} });

async function addUser({ sql }: Database): Promise<void> {
  await sql`insert into "user" (id, name, email, "emailVerified")
    values ('usr_1', 'Ada', 'ada@example.com', true)`;
}

/** Asks a gateway that has just started, and whether it had to open its database for that. */
async function askedAnew(directory: string): Promise<{ closed: boolean; opened: boolean }> {
  await using database = start(directory);
  const door = doorOf(database);
  // On a machine that is very busy, opening it takes longer than a request waits for.
  const closed = await door.isClosed().catch(async () => {
    await database.sql`select 1`;
    await new Promise((resolve) => setTimeout(resolve, 300));
    return await door.isClosed();
  });
  return { closed, opened: !database.sleep!.isAsleep() };
}

Deno.test("OwnerDoor() knows without a database that nobody came yet, and never opens for one who did", async (t) => {
  const root = await Deno.makeTempDir({ prefix: "airlock-door-" });
  const directory = join(root, "database");
  const mark = join(directory, "nobody");
  const isMarked = () => Deno.lstat(mark).then(() => true, () => false);

  await t.step("there is no database yet", async () => {
    assert.deepEqual(await askedAnew(directory), { closed: false, opened: false });
  });
  await t.step("one that was closed without users says so, and not while it is open", async () => {
    {
      await using database = start(directory);
      await database.sql`select 1`;
      assert(!await isMarked());
      assert.equal(await doorOf(database).isClosed(), false);
    }
    assert(await isMarked());
    assert.deepEqual(await askedAnew(directory), { closed: false, opened: false });
  });
  await t.step("calls do not wait for it either to learn that there are no secrets", async () => {
    await using database = start(directory);
    const reader = new SecretReader({
      ...database,
      masterKeys: new MasterKeys({ current: undefined, previous: undefined }),
      onFailure: assert.ifError,
    });
    assert.equal((await reader.sealedIn([{ tenant: "local", collectionId: null }])).size, 0);
    assert(database.sleep!.isAsleep());
  });
  await t.step("without the mark the database is asked", async () => {
    await Deno.remove(mark);
    assert.deepEqual(await askedAnew(directory), { closed: false, opened: true });
  });
  const kept = await Deno.readFile(mark);
  const control = await Deno.readFile(join(directory, "cluster", "global", "pg_control"));
  await t.step("the first user closes it, in this process and in the next", async () => {
    {
      await using database = start(directory);
      const door = doorOf(database);
      assert.equal(await door.isClosed(), false);
      await addUser(database);
      assert(!await isMarked());
      door.recheck();
      assert.equal(await door.isClosed(), true);
    }
    assert(!await isMarked());
    assert.deepEqual(await askedAnew(directory), { closed: true, opened: true });
  });
  await t.step("an attack: marks of earlier, empty ones, and ones that are no file", async () => {
    for (const forged of [kept, new Uint8Array(), new TextEncoder().encode("nobody")]) {
      await Deno.writeFile(mark, forged);
      assert.deepEqual(await askedAnew(directory), { closed: true, opened: true });
    }
    await Deno.mkdir(mark);
    assert.deepEqual(await askedAnew(directory), { closed: true, opened: true });
  });
  await t.step(
    "what holds it: a mark that is of this state of the database is believed",
    async () => {
      await leaveNobodyMark(directory);
      assert.deepEqual(await askedAnew(directory), { closed: false, opened: false });
      await Deno.remove(mark);
      assert.notDeepEqual(
        await Deno.readFile(join(directory, "cluster", "global", "pg_control")),
        control,
      );
    },
  );
  await t.step("a user who comes by another process closes it here", async () => {
    await Deno.remove(directory, { recursive: true });
    await using here = start(directory);
    const door = doorOf(here);
    const heard = Promise.withResolvers<void>();
    await using _hearing = hearChanges(here, {
      ...{ onKey() {}, onSecrets() {}, onTiers() {}, onPin() {}, onLists() {} },
      onPeople() {
        door.recheck();
        heard.resolve();
      },
    });
    assert.equal(await door.isClosed(), false);
    {
      await using guest = await openDatabase({ url: undefined, directory });
      await addUser(guest);
    }
    await heard.promise;
    assert.equal(await door.isClosed(), true);
  });
  await Deno.remove(root, { recursive: true });
});
