import assert from "node:assert/strict";
import { AccountsWorld } from "../../tests/support/accounts_world.ts";
import { anonymousCaller, keyCaller, userCaller } from "../../tests/support/callers.ts";
import { failsWith } from "../../tests/support/fails_with.ts";
import type { AnySql } from "../../registry/database/database.ts";
import { createCollection } from "../collections/change_collection.ts";
import { readDataKey } from "../secrets/data_keys.ts";
import { addServer } from "../servers/change_server.ts";
import { removeUser } from "../users/list_users.ts";
import { keepBegun, newState, takeBegun } from "./begun_sign_in.ts";
import {
  claimRenewal,
  dropSignInGrant,
  keepSignInGrant,
  readSignInGrant,
} from "./sign_in_grant.ts";
import { openFor, personOf, sealFor } from "./sign_in_holder.ts";

Deno.test("a sign-in is one person's: begun, held, renewed by one, and forgotten", async (t) => {
  await using world = await AccountsWorld.open();
  const { database: { sql }, accounts: { masterKeys } } = world;
  const actor = { caller: userCaller({ userId: null }), requestId: null };
  const { tenant } = actor.caller;
  const serverId = await sql.begin(async (tx: AnySql) => {
    const { id: collectionId } = await createCollection(tx, actor, { name: "C" });
    const wish = { name: "issues", url: "https://mcp.example/mcp" };
    return (await addServer(tx, actor, { collectionId, wish, masterKeys })).id;
  });
  const [ann, ben] = ["ann", "ben"].map((person) => ({ serverId, tenant, person }));
  assert.ok(ann && ben);

  await t.step("a person is a user, also by a key, and nobody that is unknown", async () => {
    const user = personOf(userCaller({ userId: "usr_1" }));
    assert.equal(personOf(keyCaller({ userId: "usr_1" })), user);
    assert.notEqual(personOf(keyCaller({ userId: "usr_2" })), user);
    assert.notEqual(personOf(userCaller({ userId: null })), user);
    await failsWith(Promise.resolve().then(() => personOf(anonymousCaller())), {
      code: "unauthenticated",
    });
  });
  await t.step("what is sealed opens for its holder, as what it is", async () => {
    const tools = { masterKeys, part: "tokens" } as const;
    const sealed = await sql.begin((tx: AnySql) => sealFor(tx, { a: 1 }, { ...ann, ...tools }));
    const dataKey = await readDataKey(sql, tenant);
    assert.ok(dataKey !== null);
    assert.deepEqual(openFor(sealed, { ...ann, ...tools, dataKey }), { a: 1 });
    assert.throws(() => openFor(sealed, { ...ben, ...tools, dataKey }));
    assert.throws(() => openFor(sealed, { ...ann, ...tools, part: "begun", dataKey }));
  });
  await t.step("what was begun is taken once, by who began it, in time", async () => {
    const begin = async () => {
      const state = newState();
      await sql.begin((tx: AnySql) => keepBegun(tx, { ...ann, state, begun: {}, masterKeys }));
      return state;
    };
    const state = await begin();
    const taking = { state, masterKeys };
    await failsWith(takeBegun(sql, { ...ben, ...taking }), { code: "not_found" });
    await failsWith(takeBegun(sql, { ...ann, ...taking, serverId: "srv_2" }), {
      code: "not_found",
    });
    assert.deepEqual((await takeBegun(sql, { ...ann, ...taking })).holder, ann);
    await failsWith(takeBegun(sql, { ...ann, ...taking }), { code: "not_found" });
    const late = await begin();
    await sql`update mcp_sign_in set expires_at = now() - interval '1 second'`;
    await failsWith(takeBegun(sql, { ...ann, ...taking, state: late }), { code: "not_found" });
    for (let count = 0; count < 8; count++) await begin();
    const [left] = await sql<{ count: number }[]>`select count(*)::int as count from mcp_sign_in`;
    assert.equal(left?.count, 5);
  });
  await t.step("what is held is renewed by one at a time", async () => {
    const grant = { url: "https://mcp.example/mcp", issuer: "https://login.example", scope: null };
    const more = { sealed: new Uint8Array([1]), expiresAt: null };
    await sql.begin((tx: AnySql) => keepSignInGrant(tx, ann, { ...grant, ...more }));
    assert.equal(await readSignInGrant(sql, ben), null);
    const { updated_at: seenAt } = (await readSignInGrant(sql, ann))!;
    const claim = () => claimRenewal(sql, ann, { seenAt, leaseMs: 30_000 });
    const claims = await Promise.all([claim(), claim()]);
    assert.equal(claims.filter((row) => row !== null).length, 1);
    await sql`update mcp_sign_in_grant set renewing_until = null,
      updated_at = updated_at + interval '1 second'`;
    assert.equal(await claim(), null);
    assert.notEqual(await dropSignInGrant(sql, ann), null);
    assert.equal(await dropSignInGrant(sql, ann), null);
  });
  await t.step("nothing is held for a user who is removed", async () => {
    const cem = { serverId, tenant, person: personOf(userCaller({ userId: "usr_cem" })) };
    await sql`insert into "user" (id, name, email, "emailVerified")
      values ('usr_cem', 'Cem', 'cem@example.com', true)`;
    const grant = { url: "https://mcp.example/mcp", issuer: "https://login.example", scope: null };
    const more = { sealed: new Uint8Array([1]), expiresAt: null };
    await sql.begin((tx: AnySql) => keepSignInGrant(tx, cem, { ...grant, ...more }));
    await sql.begin((tx: AnySql) => keepSignInGrant(tx, ben, { ...grant, ...more }));
    await removeUser(sql, "cem@example.com");
    assert.equal(await readSignInGrant(sql, cem), null);
    assert.notEqual(await readSignInGrant(sql, ben), null);
  });
});
