import assert from "node:assert/strict";
import { AccountsWorld, type Asked } from "../../tests/support/accounts_world.ts";
import { userCaller } from "../../tests/support/callers.ts";
import { fakeFailure, fakeMeta } from "../../tests/support/fake_gateway.ts";
import { insertTools } from "../../tests/support/sample_tools.ts";

Deno.test("POST requests with an Idempotency-Key are done once", async (t) => {
  await using world = await AccountsWorld.open();
  const post = (key: string, body: unknown, asked: Asked = {}) =>
    world.ask("/api/collections", {
      body,
      ...asked,
      headers: { "idempotency-key": key, ...asked.headers },
    });
  const count = async () => (await (await world.ask("/api/collections")).json()).items.length;

  await t.step("the same request gets the same answer", async () => {
    const first = await post("one", { name: "One" });
    const second = await post("one", { name: "One" });
    assert.deepEqual([first.status, second.status], [201, 201]);
    assert.deepEqual(await second.json(), await first.json());
    assert.equal(first.headers.get("idempotent-replayed"), null);
    assert.equal(second.headers.get("idempotent-replayed"), "true");
    assert.notEqual(first.headers.get("x-request-id"), second.headers.get("x-request-id"));
    assert.equal(await count(), 1);
  });
  await t.step("another request of that key is refused", async () => {
    const other = await post("one", { name: "Two" });
    assert.deepEqual([other.status, (await other.json()).code], [409, "conflict"]);
    const elsewhere = await world.ask("/api/agents", {
      body: { name: "One" },
      headers: { "idempotency-key": "one" },
    });
    assert.equal(elsewhere.status, 409);
    assert.equal(await count(), 1);
  });
  await t.step("of two at once one runs", async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post("two", { name: "Two" })),
    );
    assert.equal(await count(), 2);
    for (const answer of answers) {
      if (answer.status === 409) assert.equal(answer.headers.get("retry-after"), "1");
      else assert.equal(answer.status, 201);
    }
    assert.ok(answers.some(({ status }) => status === 201));
  });
  await t.step("another account, and another key of the account, have their own", async () => {
    for (const tenant of ["ten_b", "local"]) {
      const { token: key } = await world.makeKey(userCaller({ tenant }), {
        scopes: ["collections:write"],
      });
      const answer = await post("one", { name: `Of ${tenant}` }, { key });
      assert.deepEqual([answer.status, (await answer.json()).name], [201, `Of ${tenant}`]);
    }
  });
  await t.step("who may not is told so, with and without an answer kept", async () => {
    const { token: key } = await world.makeKey(userCaller({ tenant: "local" }));
    assert.equal((await post("one", { name: "One" }, { key })).status, 403);
  });
  await t.step("what is no key, and an event stream, are refused", async () => {
    for (const wrong of ["a b", "x".repeat(256)]) {
      assert.equal((await post(wrong, { name: "No" })).status, 400, wrong);
    }
    const headers = { accept: "text/event-stream" };
    assert.equal((await post("stream", { name: "No" }, { headers })).status, 400);
    assert.equal(await count(), 3);
  });
});

Deno.test("a key that was made once is not shown twice, nor kept in clear", async () => {
  await using world = await AccountsWorld.open();
  const asked = {
    body: { name: "laptop", scopes: ["tools:read"] },
    headers: { "idempotency-key": "make-a-key" },
  };
  const first = await world.ask("/api/keys", asked);
  const { token, key } = await first.json();
  assert.equal(first.status, 201);
  const second = await world.ask("/api/keys", asked);
  const text = await second.text();
  assert.equal(second.status, 409);
  assert.match(text, /shown once/);
  assert.ok(!text.includes(token));
  assert.equal((await (await world.ask("/api/keys")).json()).items.length, 1);
  const rotate = { body: {}, headers: { "idempotency-key": "rotate" } };
  assert.equal((await world.ask(`/api/keys/${key.id}/rotate`, rotate)).status, 201);
  assert.equal((await world.ask(`/api/keys/${key.id}/rotate`, rotate)).status, 409);
  const rows = await world.database.sql`select row_to_json(k)::text as t from idempotency_key as k`;
  assert.equal(rows.length, 2);
  for (const { t } of rows) assert.ok(!t.includes("airlock_sk_"), t);
  // A refusal is no secret, and may be told again.
  const wrong = { body: { name: "" }, headers: { "idempotency-key": "wrong" } };
  for (let i = 0; i < 2; i++) assert.equal((await world.ask("/api/keys", wrong)).status, 400);
});

Deno.test("a tool that began to run is not run again, one that did not is", async () => {
  let runs = 0;
  let started = true;
  await using world = await AccountsWorld.open({
    gateway: {
      execute: (_request, context) => {
        runs++;
        const meta = { ...fakeMeta(context), runtime: started ? "deno" as const : null };
        return Promise.resolve(fakeFailure("deadline_exceeded", context, { meta }));
      },
    },
  });
  await insertTools(world.database, [{ id: "tool_1" }]);
  const call = async (key: string) => {
    const headers = { "idempotency-key": key };
    const body = { params: {} };
    return (await world.ask("/api/tools/execute/tool-1-echo", { body, headers })).status;
  };
  assert.deepEqual([await call("began"), await call("began"), runs], [504, 504, 1]);
  started = false;
  assert.deepEqual([await call("did-not"), await call("did-not"), runs], [504, 504, 3]);
});
