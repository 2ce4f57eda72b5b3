import assert from "node:assert/strict";
import { ownerCaller, userCaller } from "../../tests/support/callers.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import { listAudit } from "../audit/list_audit.ts";
import { changeAccount } from "./change_account.ts";
import { callerOfSession } from "./session_caller.ts";

const ACTOR = { caller: ownerCaller(), requestId: "req-1" };

testDatabase("changeAccount() changes users and organisations, keys included", async ({ sql }) => {
  for (const id of ["usr_first", "usr_second"]) {
    await sql`insert into "user" (id, name, email, "emailVerified")
      values (${id}, ${id}, ${`${id}@example.com`}, true)`;
  }
  await sql`insert into organization (id, name, slug, "createdAt")
    values ('org_1', 'o', 'acme', now())`;
  await sql`insert into api_key (id, owner_id, name, secret_hash, hint, scopes)
    values ('key_1', 'usr_second', 'n', ${new Uint8Array(32)}, '', '{}'),
      ('key_2', 'org_1', 'n', ${new Uint8Array(32)}, '', '{}')`;
  const callerOf = (userId: string) => callerOfSession(sql, { userId, organizationId: null });
  // The first user has what the local owner had.
  assert.equal((await callerOf("usr_first"))?.tier, "ENTERPRISE");
  assert.equal((await callerOf("usr_second"))?.tier, "FREE");

  await changeAccount(sql, ACTOR, { name: "USR_second@example.com", tier: "PRO", admin: true });
  const second = await callerOf("usr_second");
  assert.ok(second?.tier === "PRO" && second.scopes.has("admin"));
  await changeAccount(sql, ACTOR, { name: "usr_second@example.com", admin: false });
  assert.ok(!(await callerOf("usr_second"))?.scopes.has("admin"));
  await changeAccount(sql, ACTOR, { name: "acme", tier: "ENTERPRISE" });
  const keys = await sql`select id, tier from api_key order by id`;
  assert.deepEqual(keys.map(({ tier }) => tier), ["PRO", "ENTERPRISE"]);

  for (const name of ["nobody@example.com", "nothing"]) {
    await assert.rejects(changeAccount(sql, ACTOR, { name, tier: "PRO" }), { code: "not_found" });
  }
  const asAdmin = changeAccount(sql, ACTOR, { name: "acme", admin: true });
  await assert.rejects(asAdmin, { code: "invalid_input" });
  const lines = await listAudit(sql, userCaller({ tenant: "usr_second" }), { limit: 2 });
  assert.deepEqual(
    lines.map(({ actor, requestId, action, details }) => [
      ...[actor.kind, requestId, action, details],
    ]),
    [
      ["owner", "req-1", "account_setting.changed", {
        ...{ tier: "PRO", is_admin: false, changed: ["is_admin"] },
      }],
      ["owner", "req-1", "account_setting.changed", {
        ...{ tier: "PRO", is_admin: true, changed: ["tier", "is_admin"] },
      }],
    ],
  );
});
