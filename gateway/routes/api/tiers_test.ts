import assert from "node:assert/strict";
import { openMetering } from "../../../accounts/open_metering.ts";
import { DEFAULT_TIER_LIMITS } from "../../../accounts/limits/tier_limits.ts";
import { AccountsWorld, type Asked, WORLD_URL } from "../../../tests/support/accounts_world.ts";
import { userCaller } from "../../../tests/support/callers.ts";
import { fakeGateway } from "../../../tests/support/fake_gateway.ts";
import type { Caller } from "../../../spec/account.ts";

const CALL = { packageName: "p", name: "echo", params: {} };

async function opened() {
  const world = await AccountsWorld.open();
  const metering = openMetering({
    ...{ database: world.database, rateStore: "memory", whenStoreIsDown: "closed" },
    onFailure: (error) => assert.fail(String(error)),
  });
  /** Asks as somebody, past authentication. */
  const as = async (
    caller: Caller,
    path: string,
    { method = "GET", headers, body }: Asked = {},
  ) => {
    const accounts = { ...world.accounts, authenticate: () => Promise.resolve(caller) };
    return await fakeGateway({ accounts, metering }).app.request(`${WORLD_URL}${path}`, {
      method,
      headers: { "content-type": "application/json", ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  };
  const gateway = fakeGateway({ accounts: world.accounts, metering });
  const call = async (key: string) =>
    await gateway.post("/execute-tool", CALL, { authorization: `Bearer ${key}` });
  return {
    ...{ world, metering, gateway, as, call },
    async [Symbol.asyncDispose]() {
      await metering[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

Deno.test("/api/tiers changes what accounts are given, for admins only", async (t) => {
  await using test = await opened();
  const { world, gateway, as } = test;
  const { token: key } = await world.makeKey(userCaller({ tenant: "ten_a" }), {
    scopes: ["tools:execute"],
  });
  const put = (tiers: unknown, headers = {}) =>
    gateway.app.request(`${WORLD_URL}/api/tiers`, {
      method: "PUT",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ tiers }),
    });

  await t.step("they start as by default", async () => {
    const response = await gateway.app.request(`${WORLD_URL}/api/tiers`);
    assert.deepEqual(await response.json(), { tiers: DEFAULT_TIER_LIMITS });
  });
  await t.step("a change holds for the next request", async () => {
    assert.equal((await test.call(key)).headers.get("ratelimit-limit"), "60");
    const changed = await put({ FREE: { execute: { limit: 3, windowMs: 86_400_000 } } });
    assert.equal(changed.status, 200);
    assert.equal((await changed.json()).tiers.FREE.execute.limit, 3);
    const answers = [];
    for (let count = 0; count < 5; count++) answers.push((await test.call(key)).status);
    assert.deepEqual(answers, [200, 200, 200, 429, 429]);
  });
  await t.step("what is left out has its default again", async () => {
    const changed = await put({ PRO: { read: { limit: 5, windowMs: 1_000 } } });
    const { tiers } = await changed.json();
    assert.deepEqual(tiers.FREE, DEFAULT_TIER_LIMITS.FREE);
    assert.deepEqual(tiers.PRO.read, { limit: 5, windowMs: 1_000 });
  });
  await t.step("a change made from what is gone is refused", async () => {
    const seen = await gateway.app.request(`${WORLD_URL}/api/tiers`);
    const etag = seen.headers.get("etag") ?? "";
    await seen.body?.cancel();
    assert.equal((await put({}, { "if-match": etag })).status, 200);
    assert.equal((await put({}, { "if-match": etag })).status, 412);
  });
  await t.step("what is no limit is refused", async () => {
    const wrong = [
      { GOLD: {} },
      { FREE: { fetch: { limit: 1, windowMs: 1_000 } } },
      ...[-1, 1.5, "1", 1e12, null].map((limit) => ({
        FREE: { read: { limit, windowMs: 1_000 } },
      })),
      ...[0, 999, 86_400_001].map((windowMs) => ({ FREE: { read: { limit: 1, windowMs } } })),
      { FREE: { read: { limit: 1, windowMs: 1_000, more: 1 } } },
      [],
      null,
    ];
    for (const tiers of wrong) {
      assert.equal((await put(tiers)).status, 400, JSON.stringify(tiers));
    }
  });
  await t.step("nobody but an admin may look or change", async () => {
    const body = { tiers: { FREE: { execute: { limit: 9_999, windowMs: 1_000 } } } };
    for (const asked of [{}, { method: "PUT", body }]) {
      assert.equal((await as(userCaller(), "/api/tiers", asked)).status, 403);
    }
  });
  await t.step("the audit log tells of it", async () => {
    const { items } = await (await gateway.app.request(`${WORLD_URL}/api/audit`)).json();
    const of = items.filter(({ action }: { action: string }) => action === "tier.changed");
    assert.deepEqual(
      of.map(({ subject }: { subject: { id: string } }) => subject.id),
      ["PRO", "PRO", "FREE", "FREE"],
    );
  });
});

Deno.test("/api/accounts/{id} gives a tier, and keys follow", async (t) => {
  await using test = await opened();
  const { world, gateway, as } = test;
  const people = await world.accounts.people();
  const add = async (name: string) =>
    (await people.addUser({ email: `${name}@example.com`, name, password: "a long password" })).id;
  const admin = await add("ada");
  const user = await add("bob");
  const ofUser = userCaller({ tenant: user, userId: user });
  const ofAdmin = userCaller({ userId: admin, tenant: "local", scopes: new Set(["admin"]) });
  const { token, row } = await world.makeKey(ofUser, { scopes: ["tools:execute"] });
  const patch = (caller: Caller, id: string, body: unknown) =>
    as(caller, `/api/accounts/${id}`, { method: "PATCH", body });
  const limitOf = async (key: string) => (await test.call(key)).headers.get("ratelimit-limit");

  await t.step("the first user has what the owner had, others begin with FREE", async () => {
    const tier = async (id: string) =>
      (await (await as(ofAdmin, `/api/accounts/${id}`)).json()).tier;
    assert.deepEqual([await tier(admin), await tier(user)], ["ENTERPRISE", "FREE"]);
  });
  await t.step("keys have the tier of their account", async () => {
    assert.equal(await limitOf(token), "60");
    const changed = await patch(ofAdmin, user, { tier: "PRO" });
    assert.deepEqual(await changed.json(), { id: user, tenant: user, tier: "PRO" });
    world.accounts.forgetKey(row.id);
    assert.equal(await limitOf(token), "600");
    // Whoever makes a key may still believe in the tier before.
    const later = await world.makeKey(ofUser, { scopes: ["tools:execute"] });
    assert.equal(later.row.tier, "PRO");
    assert.equal(await limitOf(later.token), "600");
  });
  await t.step("nobody but an admin may look or change", async () => {
    assert.equal((await as(ofUser, `/api/accounts/${user}`)).status, 403);
    assert.equal((await patch(ofUser, user, { tier: "ENTERPRISE" })).status, 403);
    const key = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const response = await gateway.app.request(`${WORLD_URL}/api/accounts/${user}`, {
      ...{ method: "PATCH", headers: key, body: JSON.stringify({ tier: "ENTERPRISE" }) },
    });
    assert.equal(response.status, 403);
  });
  await t.step("what is no account or no tier is refused", async () => {
    assert.equal((await patch(ofAdmin, "usr_none", { tier: "PRO" })).status, 404);
    for (const body of [{ tier: "GOLD" }, {}, { tier: "PRO", isAdmin: true }]) {
      assert.equal((await patch(ofAdmin, user, body)).status, 400, JSON.stringify(body));
    }
  });
});

Deno.test("POST /api/keys gives a key rates: lower ones to all, others to admins", async (t) => {
  await using test = await opened();
  const { as } = test;
  const post = (caller: Caller, rateLimits: unknown) =>
    as(caller, "/api/keys", {
      ...{ method: "POST", body: { name: "k", scopes: ["tools:execute"], rateLimits } },
    });
  const day = 86_400_000;

  await t.step("lower ones hold, beside the account's", async () => {
    const made = await post(userCaller(), { execute: { limit: 2, windowMs: day } });
    const { key, token } = await made.json();
    assert.equal(made.status, 201);
    assert.deepEqual(key.rateLimits, { execute: { limit: 2, windowMs: day } });
    assert.equal(key.replacesTier, false);
    const statuses = [];
    for (let count = 0; count < 3; count++) statuses.push((await test.call(token)).status);
    assert.deepEqual(statuses, [200, 200, 429]);
  });
  await t.step("a successor is counted with the key it follows", async () => {
    const made = await (await post(userCaller(), { execute: { limit: 2, windowMs: day } })).json();
    assert.equal((await test.call(made.token)).status, 200);
    const path = `/api/keys/${made.key.id}/rotate`;
    const next = await (await as(userCaller(), path, { method: "POST", body: {} })).json();
    assert.deepEqual(next.key.rateLimits, made.key.rateLimits);
    assert.equal((await test.call(next.token)).status, 200);
    for (const key of [made.token, next.token]) assert.equal((await test.call(key)).status, 429);
  });
  await t.step("nobody gives themselves more than their tier", async () => {
    const wishes = [
      { execute: { limit: 61, windowMs: 60_000 } },
      { execute: { limit: 60, windowMs: 59_999 } },
      { execute: { limit: 3_600, windowMs: 3_600_000 } },
      { execute: { limit: 1, windowMs: 60_000 }, read: { limit: 301, windowMs: 60_000 } },
    ];
    for (const wish of wishes) {
      const refused = await post(userCaller(), wish);
      assert.equal(refused.status, 403, JSON.stringify(wish));
      assert.equal((await refused.json()).code, "permission_denied");
    }
    assert.equal(
      (await post(userCaller(), { execute: { limit: 60, windowMs: 60_000 } })).status,
      201,
    );
  });
  await t.step("an admin may, and lists show it", async () => {
    const admin = userCaller({ scopes: new Set(["admin", "tools:execute"]) });
    const made = await (await post(admin, { execute: { limit: 5_000, windowMs: 1_000 } })).json();
    assert.equal(made.key.replacesTier, true);
    assert.equal((await test.call(made.token)).headers.get("ratelimit-limit"), "5000");
    const { items } = await (await as(userCaller(), "/api/keys?limit=1")).json();
    assert.deepEqual(items[0].rateLimits, { execute: { limit: 5_000, windowMs: 1_000 } });
  });
});
