import assert from "node:assert/strict";
import type { AnySql, DatabaseKind } from "../../../registry/database/database.ts";
import { lockOpinion, setRating } from "../../../registry/catalog/engagement/engage.ts";
import { recordPackage } from "../../../registry/catalog/record_package.ts";
import { AccountsWorld } from "../../../tests/support/accounts_world.ts";
import { packageEntry } from "../../../tests/support/catalog_entries.ts";
import { keyCaller } from "../../../tests/support/callers.ts";
import { TEST_DATABASE_KINDS } from "../../../tests/support/test_database.ts";

async function worldWithTools(kind?: DatabaseKind) {
  const world = await AccountsWorld.open({ kind });
  const { sql } = world.database;
  await recordPackage(sql, packageEntry({ name: "greeter", tools: [{ name: "greet" }] }));
  await recordPackage(
    sql,
    packageEntry({
      name: `inline-${"a".repeat(32)}`,
      source: "inline",
      tools: [{ name: "secretOfAda", description: "greet in secret" }],
      more: { ownerId: "ada", visibility: "private" },
    }),
  );
  const scopes = ["tools:read", "tools:execute", "collections:write"] as const;
  const keyOf = async (tenant: string) =>
    (await world.makeKey(keyCaller({ tenant }), { scopes: [...scopes] })).token;
  const ada = await keyOf("ada");
  const eve = await keyOf("eve");
  const mine = await (await world.ask("/api/tools?source=inline", { key: ada })).json();
  return { world, ada, eve, secret: mine.items[0] };
}

Deno.test("addTools() lists, searches and shows tools, and says when nothing changed", async () => {
  const { world: opened, ada } = await worldWithTools();
  await using world = opened;
  const list = await (await world.ask("/api/tools?limit=1", { key: ada })).json();
  assert.equal(list.items.length, 1);
  const rest = await world.ask(`/api/tools?cursor=${list.nextCursor}`, { key: ada });
  assert.equal((await rest.json()).items.length, 1);
  const found = await (await world.ask("/api/tools/search?q=gret&source=npm", { key: ada })).json();
  assert.deepEqual(found.items.map(({ slug }: { slug: string }) => slug), ["greeter-greet"]);
  assert.equal(found.match, "similar");
  const shown = await world.ask("/api/tools/greeter-greet", { key: ada });
  assert.equal((await shown.json()).packageName, "greeter");
  const again = await world.ask("/api/tools/greeter-greet", {
    ...{ key: ada, headers: { "if-none-match": shown.headers.get("etag")! } },
  });
  assert.equal(again.status, 304);
  const versions = await world.ask("/api/tools/greeter-greet/versions", { key: ada });
  assert.equal((await versions.json()).items[0].version, "1.0.0");
});

Deno.test("addTools() refuses what it does not understand, without a fault of its own", async () => {
  const { world: opened, ada } = await worldWithTools();
  await using world = opened;
  const wrong = [
    ...["/api/tools?limit=0", "/api/tools?limit=1e9", "/api/tools?cursor=x", "/api/tools?source=x"],
    ...["/api/tools/search", "/api/tools/search?q=", "/api/tools?minPopularity=-1"],
    "/api/tools/search?q=greet&cursor=WzEsMl0",
  ];
  for (const path of wrong) assert.equal((await world.ask(path, { key: ada })).status, 400, path);
  for (const id of ["tool_x", "no-such", "..%2f", "a'b", "é"]) {
    assert.equal((await world.ask(`/api/tools/${id}`, { key: ada })).status, 404, id);
  }
  for (const q of ["'%3B", "%26%7C!", "%F0%9F%98%80", "a".repeat(200)]) {
    assert.equal((await world.ask(`/api/tools/search?q=${q}`, { key: ada })).status, 200, q);
  }
});

Deno.test("attack: another tenant's private tool is nowhere, by no route", async () => {
  const { world: opened, ada, eve, secret } = await worldWithTools();
  await using world = opened;
  assert.equal(secret.name, "secretOfAda");
  const lists = ["/api/tools", "/api/tools/search?q=secret", "/api/tools/search?q=secretOfAda"];
  for (const path of [...lists, `/api/tools/search?q=${secret.packageName}`]) {
    const text = await (await world.ask(path, { key: eve })).text();
    assert.ok(!text.includes("secretOfAda") && !text.includes(secret.id), path);
    assert.ok((await (await world.ask(path, { key: ada })).text()).includes(secret.id), path);
  }
  for (const tool of [secret.id, secret.slug]) {
    const attempts = [
      [`/api/tools/${tool}`, {}],
      [`/api/tools/${tool}/versions`, {}],
      [`/api/tools/${tool}`, { method: "PATCH", body: { visibility: "public" } }],
      [`/api/tools/${tool}`, { method: "DELETE" }],
      [`/api/tools/${tool}/health`, {}],
      [`/api/tools/${tool}/opinion`, {}],
      [`/api/tools/${tool}/like`, { method: "PUT" }],
      [`/api/tools/${tool}/rating`, { method: "PUT", body: { stars: 1 } }],
      [`/api/tools/${tool}/review`, { method: "PUT", body: { body: "seen" } }],
    ] as const;
    for (const [path, asked] of attempts) {
      const answer = await world.ask(path, { ...asked, key: eve });
      assert.equal(answer.status, 404, path);
      assert.equal((await answer.json()).code, "tool_not_found");
    }
  }
  const call = { method: "POST", body: { params: {} } };
  const stolen = await world.ask(`/api/tools/execute/${secret.slug}`, { ...call, key: eve });
  assert.equal(stolen.status, 404);
  assert.equal(world.gateway.calls.length, 0);
  const own = await world.ask(`/api/tools/execute/${secret.slug}`, { ...call, key: ada });
  assert.equal(own.status, 200);
  await own.body?.cancel();
});

Deno.test("addExecuteSlug() runs the version that is shown, as JSON and as events", async () => {
  const { world: opened, ada } = await worldWithTools();
  await using world = opened;
  const asked = { key: ada, body: { params: { name: "Bo" }, limits: { timeoutMs: 500 } } };
  const answer = await world.ask("/api/tools/execute/greeter-greet", asked);
  assert.deepEqual((await answer.json()).output, { name: "Bo" });
  const [{ request, context } = assert.fail()] = world.gateway.calls;
  const { packageName, version, name, source, limits } = request;
  assert.deepEqual({ packageName, version, name, source, limits }, {
    ...{ packageName: "greeter", version: "1.0.0", name: "greet", source: "npm" },
    limits: { timeoutMs: 500 },
  });
  assert.equal(context.tenant, "ada");
  const headers = { accept: "text/event-stream" };
  const stream = await world.ask("/api/tools/execute/greeter-greet", { ...asked, headers });
  assert.match(await stream.text(), /event: result\n/);
  // What the slug says cannot be said otherwise.
  const body = { ...asked.body, packageName: "evil", name: "other", version: "9.9.9" };
  await (await world.ask("/api/tools/execute/greeter-greet", { key: ada, body })).body?.cancel();
  assert.equal(world.gateway.calls.at(-1)?.request.packageName, "greeter");
  assert.equal((await world.ask("/api/tools/execute/none", asked)).status, 404);
});

Deno.test("addChangeTools() publishes and removes what is the caller's, and nothing else", async () => {
  const { world: opened, ada, eve, secret } = await worldWithTools();
  await using world = opened;
  const publish = { method: "PATCH", body: { visibility: "public" } };
  const common = await world.ask("/api/tools/greeter-greet", { ...publish, key: ada });
  assert.equal(common.status, 403);
  await common.body?.cancel();
  const published = await world.ask(`/api/tools/${secret.id}`, { ...publish, key: ada });
  assert.equal((await published.json()).visibility, "public");
  const seen = await world.ask(`/api/tools/${secret.slug}`, { key: eve });
  assert.equal(seen.status, 200);
  await seen.body?.cancel();
  const seized = await world.ask(`/api/tools/${secret.id}`, { method: "DELETE", key: eve });
  assert.equal(seized.status, 403);
  await seized.body?.cancel();
  const removed = await world.ask(`/api/tools/${secret.id}`, { method: "DELETE", key: ada });
  assert.equal(removed.status, 204);
  assert.equal((await world.ask(`/api/tools/${secret.id}`, { key: ada })).status, 404);
  const actions = await world.database.sql`
    select action from audit_log where subject_kind = 'tool' order by action`;
  assert.deepEqual(actions.map(({ action }) => action), ["tool.published", "tool.removed"]);
});

Deno.test("addEngage() keeps what accounts think of tools that they see", async () => {
  const { world: opened, ada, eve } = await worldWithTools();
  await using world = opened;
  const path = "/api/tools/greeter-greet";
  const put = { key: ada, method: "PUT" };
  await (await world.ask(`${path}/like`, put)).body?.cancel();
  await (await world.ask(`${path}/rating`, { ...put, body: { stars: 4 } })).body?.cancel();
  await (await world.ask(`${path}/review`, { ...put, body: { body: "Good" } })).body?.cancel();
  const opinion = await (await world.ask(`${path}/opinion`, { key: eve })).json();
  assert.deepEqual([opinion.likes, opinion.averageStars, opinion.reviews[0].isOwn], [1, 4, false]);
  for (const stars of [0, 6, 1.5, "5", null]) {
    const wrong = await world.ask(`${path}/rating`, { ...put, body: { stars } });
    assert.equal(wrong.status, 400);
    await wrong.body?.cancel();
  }
});

for (const kind of TEST_DATABASE_KINDS) {
  Deno.test(`a tool is changed and removed as it was seen, or not at all (${kind})`, async () => {
    const { world: opened, ada, secret } = await worldWithTools(kind);
    await using world = opened;
    const path = `/api/tools/${secret.id}`;
    const tagOf = async (at: string) => {
      const answer = await world.ask(at, { key: ada });
      await answer.body?.cancel();
      return answer.headers.get("etag")!;
    };
    const statusOf = async (
      asked: { method: string; match: string; body?: unknown },
      at = path,
    ) => {
      const { match, ...more } = asked;
      const answer = await world.ask(at, { ...more, key: ada, headers: { "if-match": match } });
      const { code } = answer.status < 400 ? { code: null } : await answer.json();
      return code === null ? answer.status : [answer.status, code];
    };
    const stale = [412, "precondition_failed"];
    const first = await tagOf(path);
    const publish = { method: "PATCH", match: first, body: { visibility: "public" } };
    // Many at once from the same view: one is first, and the others have not seen what it did.
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => statusOf(publish)));
    assert.deepEqual(outcomes.filter((outcome) => outcome === 200).length, 1);
    assert.deepEqual(outcomes.filter((outcome) => outcome !== 200), Array(7).fill(stale));
    assert.deepEqual(await statusOf({ method: "DELETE", match: first }), stale);
    assert.deepEqual(await statusOf({ method: "DELETE", match: `W/${await tagOf(path)}` }), stale);

    const opinion = `${path}/opinion`;
    const seen = await tagOf(opinion);
    const review = { method: "PUT", match: seen, body: { body: "Good" } };
    const reviews = await Promise.all(
      Array.from({ length: 8 }, () => statusOf(review, `${path}/review`)),
    );
    assert.equal(reviews.filter((outcome) => outcome === 200).length, 1);
    const rating = { method: "PUT", match: seen, body: { stars: 1 } };
    assert.deepEqual(await statusOf(rating, `${path}/rating`), stale);
    assert.equal(
      await statusOf({ ...rating, match: await tagOf(opinion) }, `${path}/rating`),
      200,
    );
    // What somebody else is about to change was not seen either, however close they come.
    const { sql } = world.database;
    const meanwhile = async (
      change: (tx: AnySql) => Promise<unknown>,
      asked: () => Promise<unknown>,
    ) => {
      const begun = Promise.withResolvers<void>();
      const ended = Promise.withResolvers<void>();
      const other = sql.begin(async (tx: AnySql) => {
        await change(tx);
        begun.resolve();
        await ended.promise;
      });
      await begun.promise;
      const outcome = asked();
      await new Promise((resolve) => setTimeout(resolve, 300));
      ended.resolve();
      await other;
      return await outcome;
    };
    const [asSeen, opinionSeen] = [await tagOf(path), await tagOf(opinion)];
    const change = async (tx: AnySql) => {
      await tx`select from package where name = ${secret.packageName} for update`;
      await tx`update tool set description = 'another' where id = ${secret.id}`;
    };
    const hide = { method: "PATCH", match: asSeen, body: { visibility: "private" } };
    assert.deepEqual(await meanwhile(change, () => statusOf(hide)), stale);
    const rate = async (tx: AnySql) => {
      await lockOpinion(tx, { toolId: secret.id });
      await setRating(tx, { toolId: secret.id, ownerId: "eve", stars: 5 });
    };
    const again = { ...rating, match: opinionSeen };
    assert.deepEqual(await meanwhile(rate, () => statusOf(again, `${path}/rating`)), stale);
    assert.equal(await statusOf({ method: "DELETE", match: "*" }), 204);
    const audited = await world.database.sql`
      select action from audit_log where subject_kind = 'tool' order by action`;
    assert.deepEqual(audited.map(({ action }) => action), ["tool.published", "tool.removed"]);
  });
}
