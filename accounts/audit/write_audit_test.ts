import assert from "node:assert/strict";
import { userCaller } from "../../tests/support/callers.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import { listAudit } from "./list_audit.ts";
import { writeAudit } from "./write_audit.ts";

const ACTOR = { caller: userCaller(), requestId: null };
const ENTRY = {
  action: "key.created",
  subject: { kind: "key", id: "key_1" },
  details: { name: 'it\'s "quoted" \u0001' },
} as const;

testDatabase("writeAudit() adds lines that nobody can change or remove", async (db) => {
  const { sql } = db;
  await writeAudit(sql, ACTOR, ENTRY);
  const attempts = [
    () => sql`update audit_log set action = 'nothing.happened'`,
    () => sql`delete from audit_log`,
    () => sql`truncate audit_log`,
  ];
  for (const attempt of attempts) await assert.rejects(attempt(), { code: "42501" });
  // Without the trigger the same statement works: it is the trigger that holds.
  await assert.rejects(
    sql.begin(async (tx) => {
      await tx`alter table audit_log disable trigger refuse_audit_change`;
      const { count } = await tx`delete from audit_log`;
      assert.equal(count, 1);
      throw new RangeError("take it back");
    }),
    RangeError,
  );
  const [line] = await listAudit(sql, ACTOR.caller, { limit: 2 });
  assert.deepEqual(line?.details, ENTRY.details);
});

testDatabase("writeAudit() tells only of changes that happened", async (db) => {
  await assert.rejects(
    db.sql.begin(async (tx) => {
      await writeAudit(tx, ACTOR, ENTRY);
      throw new RangeError("the change failed");
    }),
    RangeError,
  );
  assert.deepEqual(await listAudit(db.sql, ACTOR.caller, { limit: 2 }), []);
});
