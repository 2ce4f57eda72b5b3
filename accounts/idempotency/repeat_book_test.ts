import assert from "node:assert/strict";
import { testDatabase } from "../../tests/support/test_database.ts";
import type { KeptAnswer, RepeatableRequest } from "./kept_answer.ts";
import { REPEAT_BOUNDS, RepeatBook } from "./repeat_book.ts";

function requestOf(more: Partial<RepeatableRequest> = {}): RepeatableRequest {
  return {
    tenant: "ten_a",
    actorId: "key_a",
    keyHash: new Uint8Array(32).fill(1),
    requestHash: new Uint8Array(32).fill(2),
    ...more,
  };
}

const ANSWER: KeptAnswer = {
  status: 201,
  headers: { "content-type": "application/json" },
  body: new TextEncoder().encode('{"id":"x"}'),
};

async function runIdOf(book: RepeatBook, request: RepeatableRequest): Promise<string> {
  const begun = await book.begin(request);
  assert.ok(begun.kind === "run", begun.kind);
  return begun.runId;
}

testDatabase(
  "RepeatBook answers a request that is repeated as the first was",
  async ({ sql }, t) => {
    const book = new RepeatBook(sql);
    const request = requestOf();
    const other = requestOf({ requestHash: new Uint8Array(32).fill(3) });
    await t.step("one of many at once runs", async () => {
      const kinds = await Promise.all(
        Array.from({ length: 20 }, async () => (await book.begin(request)).kind),
      );
      assert.equal(kinds.filter((kind) => kind === "run").length, 1, String(kinds));
      assert.equal(kinds.filter((kind) => kind === "running").length, 19);
      assert.equal((await book.begin(other)).kind, "other");
      await sql`delete from idempotency_key`;
    });
    await t.step("what ended is answered, to the same one only", async () => {
      await book.finish(request, { runId: await runIdOf(book, request), answer: ANSWER });
      const again = await book.begin(request);
      assert.ok(again.kind === "answered");
      assert.deepEqual({ ...again.answer, body: [...again.answer.body] }, {
        ...ANSWER,
        body: [...ANSWER.body],
      });
      assert.equal((await book.begin(other)).kind, "other");
      for (const more of [{ tenant: "ten_b" }, { actorId: "key_b" }]) {
        await book.release(requestOf(more), await runIdOf(book, requestOf(more)));
      }
    });
    await t.step("after a day it runs again", async () => {
      await sql`update idempotency_key set created_at = now() - interval '25 hours'`;
      const runId = await runIdOf(book, other);
      await book.release(other, runId);
      assert.equal((await sql`select from idempotency_key`).length, 0);
    });
    await t.step("what was cut off runs again, and its late end changes nothing", async () => {
      const first = await runIdOf(book, request);
      await sql`update idempotency_key set locked_until = now() - interval '1 second'`;
      assert.equal((await book.begin(other)).kind, "other");
      await book.renew(request, first);
      assert.equal((await book.begin(request)).kind, "running");
      await sql`update idempotency_key set locked_until = now() - interval '1 second'`;
      const second = await runIdOf(book, request);
      await book.finish(request, { runId: first, answer: { ...ANSWER, status: 500 } });
      await book.release(request, first);
      assert.equal((await book.begin(request)).kind, "running");
      await book.finish(request, { runId: second, answer: ANSWER });
      assert.equal((await book.begin(request)).kind, "answered");
    });
  },
);

testDatabase("RepeatBook keeps neither what was shown once nor too much", async ({ sql }, t) => {
  await t.step("secrets and large answers", async () => {
    const book = new RepeatBook(sql, { ...REPEAT_BOUNDS, maxAnswerBytes: 4 });
    const once = requestOf();
    const runId = await runIdOf(book, once);
    await book.finish(once, { runId, answer: ANSWER, withheld: "once" });
    assert.deepEqual(await book.begin(once), { kind: "withheld", why: "once", status: 201 });
    const large = requestOf({ keyHash: new Uint8Array(32) });
    await book.finish(large, { runId: await runIdOf(book, large), answer: ANSWER });
    assert.deepEqual(await book.begin(large), { kind: "withheld", why: "size", status: 201 });
    assert.equal((await sql`select from idempotency_key where body is not null`).length, 0);
  });
  await t.step("more keys than an account may have", async () => {
    await sql`delete from idempotency_key`;
    const book = new RepeatBook(sql, { ...REPEAT_BOUNDS, maxKeysPerAccount: 2 });
    const keyed = (byte: number, tenant = "ten_a") =>
      book.begin(requestOf({ tenant, keyHash: new Uint8Array(32).fill(byte) }));
    const kinds = [await keyed(1), await keyed(2), await keyed(3), await keyed(3, "ten_b")]
      .map(({ kind }) => kind);
    assert.deepEqual(kinds, ["run", "run", "full", "run"]);
    await sql`update idempotency_key set created_at = now() - interval '25 hours'`;
    assert.equal((await keyed(4)).kind, "run");
  });
});
