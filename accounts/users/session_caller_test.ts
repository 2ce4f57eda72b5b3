import assert from "node:assert/strict";
import { testDatabase } from "../../tests/support/test_database.ts";
import { listUsers, removeUser } from "./list_users.ts";
import { callerOfSession } from "./session_caller.ts";

testDatabase("callerOfSession() goes by the database: account, role, membership", async (db, t) => {
  const { sql } = db;
  const addUser = (id: string) =>
    sql`insert into "user" (id, name, email, "emailVerified")
      values (${id}, ${id}, ${`${id}@example.com`}, true)`;
  await addUser("usr_first");
  await addUser("usr_second");
  await sql`insert into organization (id, name, slug, "createdAt") values ('org_1', 'o', 'o', now())`;
  await sql`insert into member (id, "organizationId", "userId", role, "createdAt")
    values ('mem_1', 'org_1', 'usr_first', 'owner', now()),
      ('mem_2', 'org_1', 'usr_second', 'member', now())`;
  const callerOf = (userId: string, organizationId: string | null = null) =>
    callerOfSession(sql, { userId, organizationId });

  await t.step("the first user takes over the local account, and is admin", async () => {
    const first = await callerOf("usr_first");
    assert.equal(first?.tenant, "local");
    assert.ok(first?.scopes.has("admin") && first.managesAccount);
    const second = await callerOf("usr_second");
    assert.equal(second?.tenant, "usr_second");
    assert.ok(!second?.scopes.has("admin") && second?.managesAccount);
  });
  await t.step("members work for an organisation, its leaders look after it", async () => {
    const leader = await callerOf("usr_first", "org_1");
    assert.deepEqual([leader?.tenant, leader?.managesAccount], ["org_1", true]);
    assert.ok(!leader?.scopes.has("admin"));
    const member = await callerOf("usr_second", "org_1");
    assert.deepEqual([member?.tenant, member?.managesAccount], ["org_1", false]);
  });
  await t.step("an organisation that one is no member of is not worked for", async () => {
    await sql`
      insert into api_key (id, owner_id, user_id, name, secret_hash, hint, scopes)
      values ('key_1', 'org_1', 'usr_second', 'n', ${new Uint8Array(32)}, '', '{}')`;
    await sql`delete from member where id = 'mem_2'`;
    assert.equal((await callerOf("usr_second", "org_1"))?.tenant, "usr_second");
    const [key] =
      await sql`select revoked_at is not null as revoked from api_key where id = 'key_1'`;
    assert.equal(key?.revoked, true);
    const [line] = await sql`
      select owner_id, subject_id from audit_log where action = 'key.revoked'`;
    assert.deepEqual(line, { owner_id: "org_1", subject_id: "key_1" });
  });
  await t.step("removing users ends their sessions, and opens nothing again", async () => {
    await removeUser(sql, "USR_FIRST@example.com");
    await removeUser(sql, "usr_second@example.com");
    assert.equal(await callerOf("usr_first"), null);
    await assert.rejects(removeUser(sql, "usr_first@example.com"), { code: "not_found" });
    assert.deepEqual(await listUsers(sql, { limit: 5 }), []);
    const [row] = await sql`select exists (select from installation) as closed`;
    assert.equal(row?.closed, true);
    await addUser("usr_third");
    assert.equal((await callerOf("usr_third"))?.tenant, "usr_third");
  });
  await t.step("the audit log tells of people, without what they are known by", async () => {
    await sql`insert into account (id, "accountId", "providerId", "userId", password, "updatedAt")
      values ('acc_1', 'usr_third', 'credential', 'usr_third', 'hash-of-a-password', now())`;
    const rows = await sql`select owner_id, action, details::text as details from audit_log
      where action in ('user.created', 'user.deleted', 'member.deleted', 'account.created')
      order by id`;
    assert.deepEqual(rows.map((row) => [row.owner_id, row.action]), [
      ["local", "user.created"],
      ["usr_second", "user.created"],
      ["org_1", "member.deleted"],
      ["local", "user.deleted"],
      ["org_1", "member.deleted"],
      ["usr_second", "user.deleted"],
      ["usr_third", "user.created"],
      ["usr_third", "account.created"],
    ]);
    assert.ok(!JSON.stringify(rows).includes("hash-of-a-password"));
  });
});
