import assert from "node:assert/strict";
import { AccountsWorld } from "../../../tests/support/accounts_world.ts";
import { userCaller } from "../../../tests/support/callers.ts";
import { fakeGateway } from "../../../tests/support/fake_gateway.ts";

const CALL = { packageName: "@scope/tools", name: "greet", params: {} };

Deno.test("/api/keys makes, shows, rotates and revokes keys that open what they should", async (t) => {
  await using world = await AccountsWorld.open();
  const made = await world.ask("/api/keys", {
    body: { name: "laptop", scopes: ["tools:execute"], ceiling: { limits: { timeoutMs: 100 } } },
  });
  const { key, token } = await made.json();
  assert.equal(made.status, 201);
  assert.equal(made.headers.get("cache-control"), "no-store");

  await t.step("a key opens what its scopes say, within its ceiling", async () => {
    const called = await world.ask("/execute-tool", { key: token, body: CALL });
    assert.equal(called.status, 200);
    const { context } = world.gateway.calls.at(-1)!;
    assert.equal(context.tenant, "local");
    assert.deepEqual(context.grant?.ceiling, { limits: { timeoutMs: 100 } });
    const refused = await world.ask("/describe-tool", { key: token, body: CALL });
    assert.equal(refused.status, 403);
    assert.deepEqual((await refused.json()).details, { scope: "tools:read" });
    assert.equal((await world.ask("/api/keys", { key: token })).status, 403);
  });
  await t.step("no answer but the first has the token", async () => {
    for (const path of ["/api/keys", `/api/keys/${key.id}`, "/api/audit", "/api/me"]) {
      const text = await (await world.ask(path)).text();
      assert.ok(!text.includes(token.slice(-43)), path);
    }
    const { items, nextCursor } = await (await world.ask("/api/keys")).json();
    assert.deepEqual(items.map(({ id }: { id: string }) => id), [key.id]);
    assert.equal(nextCursor, null);
  });
  await t.step("one key has an ETag that spares sending it again", async () => {
    const first = await world.ask(`/api/keys/${key.id}`);
    const etag = first.headers.get("etag") ?? "";
    await first.body?.cancel();
    const headers = { "if-none-match": `"other", ${etag}` };
    const second = await world.ask(`/api/keys/${key.id}`, { headers });
    assert.deepEqual([second.status, await second.text()], [304, ""]);
  });
  await t.step("a rotated key ends when its overlap does, a revoked one at once", async () => {
    const path = `/api/keys/${key.id}/rotate`;
    const rotated = await world.ask(path, { body: { overlapSeconds: 60 } });
    const successor = await rotated.json();
    for (const each of [token, successor.token]) {
      assert.equal((await world.ask("/execute-tool", { key: each, body: CALL })).status, 200);
    }
    assert.equal((await world.ask(path, { body: {} })).status, 409);
    const again = `/api/keys/${successor.key.id}/rotate`;
    const third = await (await world.ask(again, { body: { overlapSeconds: 0 } })).json();
    const old = await world.ask("/execute-tool", { key: successor.token, body: CALL });
    assert.equal(old.status, 401);
    await world.ask(`/api/keys/${third.key.id}`, { method: "DELETE" });
    const after = await world.ask("/execute-tool", { key: third.token, body: CALL });
    assert.equal(after.status, 401);
    assert.equal((await world.ask("/execute-tool", { key: token, body: CALL })).status, 200);
  });
  await t.step("lists go on where the page before ended", async () => {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? "?limit=1" : `?limit=1&cursor=${cursor}`;
      const page = await (await world.ask(`/api/keys${query}`)).json();
      ids.push(...page.items.map(({ id }: { id: string }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    assert.equal(ids.length, 3);
    assert.equal(new Set(ids).size, 3);
  });
});

Deno.test("/api/keys takes no more from a body than a body may say", async () => {
  await using world = await AccountsWorld.open();
  const good = { name: "n", scopes: ["tools:read"] };
  const bodies: unknown[] = [
    ...[
      "owner_id",
      "ownerId",
      "tenant",
      "userId",
      "tier",
      "id",
      "token",
      "secret_hash",
      "revokedAt",
    ]
      .map((member) => ({ ...good, [member]: "ENTERPRISE" })),
    { ...good, __proto__: { tier: "PRO" }, constructor: 1 },
    { ...good, scopes: ["everything"] },
    { ...good, scopes: [] },
    { ...good, scopes: "tools:read" },
    { ...good, name: "" },
    { ...good, name: "x".repeat(101) },
    { ...good, name: "a\u202eb" },
    { ...good, name: "a\u0000b" },
    { ...good, name: { $ne: "" } },
    { ...good, expiresAt: "yesterday" },
    { ...good, expiresAt: "2001-01-01T00:00:00Z" },
    { ...good, ceiling: { limits: { timeoutMs: -1 } } },
    { ...good, ceiling: { everything: true } },
    { ...good, ceiling: { runtimes: ["native"] } },
    { ...good, collections: Array.from({ length: 101 }, () => "col") },
    [],
    null,
    "{",
  ];
  for (const body of bodies) {
    const response = await world.ask("/api/keys", { body, method: "POST" });
    assert.equal(response.status, 400, JSON.stringify(body));
    assert.equal((await response.json()).code, "invalid_input");
  }
  assert.deepEqual((await (await world.ask("/api/keys")).json()).items, []);
});

Deno.test("/api/keys answers ids and cursors of any text without failing", async () => {
  await using world = await AccountsWorld.open();
  for (const id of ["key_x", "'%20or%20true--", "x".repeat(5_000), "%F0%9F%94%92"]) {
    assert.equal((await world.ask(`/api/keys/${id}`)).status, 404, id.slice(0, 40));
    const revoked = await world.ask(`/api/keys/${id}`, { method: "DELETE" });
    assert.equal(revoked.status, 404);
  }
  for (const query of ["cursor=AA", "cursor=%00", "limit=0", "limit=201", "limit=1e2", "limit="]) {
    assert.equal((await world.ask(`/api/keys?${query}`)).status, 400, query);
  }
});

Deno.test("/api/keys of another account are not there, by any route", async () => {
  await using world = await AccountsWorld.open();
  const { row } = await world.makeKey(userCaller());
  const asked = [
    world.ask(`/api/keys/${row.id}`),
    world.ask(`/api/keys/${row.id}`, { method: "DELETE" }),
    world.ask(`/api/keys/${row.id}/rotate`, { body: {} }),
  ];
  const missing = await (await world.ask("/api/keys/key_0000000000000000000000")).json();
  for (const response of await Promise.all(asked)) {
    const body = await response.json();
    assert.equal(response.status, 404);
    assert.deepEqual([body.code, body.error, body.suggestion], [
      ...[missing.code, missing.error, missing.suggestion],
    ]);
  }
  assert.deepEqual((await (await world.ask("/api/keys")).json()).items, []);
  // Take the owner out of the row, and the same request finds it: it is the account that hides it.
  await world.database.sql`update api_key set owner_id = 'local' where id = ${row.id}`;
  assert.equal((await world.ask(`/api/keys/${row.id}`)).status, 200);
});

Deno.test("a key that is held to collections runs no package by its name", async () => {
  await using world = await AccountsWorld.open();
  const free = await world.makeKey(userCaller());
  const held = await world.makeKey(userCaller(), { collections: ["col_1"] });
  for (const path of ["/execute-tool", "/describe-tool", "/list-exports", "/load-and-describe"]) {
    const refused = await world.ask(path, { key: held.token, body: CALL });
    assert.equal((await refused.json()).code, "tool_not_found", path);
    const answered = await world.ask(path, { key: free.token, body: CALL });
    await answered.body?.cancel();
    assert.equal(answered.status, 200, path);
  }
});

Deno.test("guessing keys is bounded, and does not shut out who has one", async () => {
  await using world = await AccountsWorld.open();
  const { token } = await world.makeKey(userCaller());
  const guess = () => {
    const random = crypto.getRandomValues(new Uint8Array(65)).toHex();
    return `airlock_sk_${random.slice(0, 22)}_${random.slice(22, 65)}`;
  };
  assert.equal((await world.ask("/execute-tool", { key: token, body: CALL })).status, 200);
  const statuses = new Map<number, number>();
  await Promise.all(Array.from({ length: 500 }, async () => {
    const { status } = await world.ask("/execute-tool", { key: guess(), body: CALL });
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }));
  assert.deepEqual([...statuses.keys()].sort(), [401, 429]);
  assert.equal((await world.ask("/execute-tool", { key: token, body: CALL })).status, 200);
});

Deno.test("a database that is away lets known keys go on, and says so to others", async () => {
  const world = await AccountsWorld.open();
  const { token } = await world.makeKey(userCaller());
  const other = await world.makeKey(userCaller());
  assert.equal((await world.ask("/execute-tool", { key: token, body: CALL })).status, 200);
  await world[Symbol.asyncDispose]();
  assert.equal((await world.ask("/execute-tool", { key: token, body: CALL })).status, 200);
  const unknown = await world.ask("/execute-tool", { key: other.token, body: CALL });
  assert.equal(unknown.status, 502);
  const body = await unknown.json();
  assert.equal(body.code, "upstream_failed");
  assert.equal(body.retryable, true);
  assert.ok(unknown.headers.has("retry-after"));
});

Deno.test("a gateway without accounts works as one owner's", async () => {
  const { app } = fakeGateway();
  const me = await (await app.request("http://127.0.0.1:8787/api/me")).json();
  assert.equal(me.kind, "owner");
  assert.equal((await app.request("http://127.0.0.1:8787/api/keys")).status, 404);
});
