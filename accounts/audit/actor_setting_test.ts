import assert from "node:assert/strict";
import { anonymousCaller, keyCaller, userCaller } from "../../tests/support/callers.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import { actorText, nameActor } from "./actor_setting.ts";

Deno.test("actorText() names who is known, and nobody else", () => {
  assert.equal(actorText(undefined), "");
  assert.equal(actorText({ caller: anonymousCaller(), requestId: "r" }), "");
  assert.deepEqual(JSON.parse(actorText({ caller: keyCaller(), requestId: "r" })), {
    ...{ kind: "key", userId: null, keyId: "key_a", requestId: "r" },
  });
});

testDatabase("nameActor() holds for the transaction, and is over with it", async ({ sql }) => {
  const add = (id: string) =>
    sql`insert into "user" (id, name, email, "emailVerified") values (${id}, '', ${id}, true)`;
  await sql.begin(async (tx) => {
    await nameActor(tx, { caller: userCaller({ userId: "usr_admin" }), requestId: null });
    await tx`insert into "user" (id, name, email, "emailVerified") values ('usr_a', '', 'a', true)`;
  });
  await add("usr_b");
  const lines = await sql`
    select actor_kind, actor_user_id from audit_log where action = 'user.created' order by id`;
  assert.deepEqual(lines.map((line) => [line.actor_kind, line.actor_user_id]), [
    ["user", "usr_admin"],
    ["system", "usr_b"],
  ]);
});
