import assert from "node:assert/strict";
import { recordPackage } from "../../../registry/catalog/record_package.ts";
import { AccountsWorld } from "../../../tests/support/accounts_world.ts";
import { packageEntry } from "../../../tests/support/catalog_entries.ts";
import { userCaller } from "../../../tests/support/callers.ts";
import { TEST_DATABASE_KINDS } from "../../../tests/support/test_database.ts";

const SCOPES = ["tools:read", "tools:execute", "mcp:execute", "collections:read"] as const;
const lock = { packages: {}, modules: {} };

interface Shown {
  readonly id: string;
  readonly slug: string;
}

async function openWorld(kind: typeof TEST_DATABASE_KINDS[number]) {
  const world = await AccountsWorld.open({ kind });
  const { sql } = world.database;
  for (const name of ["within", "beside"]) {
    await recordPackage(sql, packageEntry({ name, tools: [{ name: "greet" }], more: { lock } }));
  }
  const own = { lock, ownerId: "local", visibility: "private" } as const;
  for (const name of ["mine", "other"]) {
    await recordPackage(sql, packageEntry({ name, tools: [{ name: "greet" }], more: own }));
  }
  const theirs = { ...own, ownerId: "ten_b" };
  await recordPackage(
    sql,
    packageEntry({ name: "theirs", tools: [{ name: "greet" }], more: theirs }),
  );
  const json = async (path: string, asked = {}) => await (await world.ask(path, asked)).json();
  const { items: all } = await json("/api/tools");
  const idOf = new Map<string, string>(all.map(({ packageName, id }: {
    packageName: string;
    id: string;
  }) => [packageName, id]));
  const collect = async (name: string, packages: readonly string[]) => {
    const body = { name, limits: { timeoutMs: 70 } };
    const { id } = await json("/api/collections", { body });
    for (const one of packages) {
      const asked = { body: { toolId: idOf.get(one) } };
      assert.equal((await world.ask(`/api/collections/${id}/tools`, asked)).status, 200);
    }
    return id as string;
  };
  const held = await collect("Held", ["within", "mine"]);
  await collect("Other", ["beside", "other"]);
  const { token: key } = await world.makeKey(userCaller({ tenant: "local" }), {
    ...{ scopes: [...SCOPES], collections: [held] },
  });
  return { world, json, key, held, all: all as readonly Shown[] };
}

for (const kind of TEST_DATABASE_KINDS) {
  Deno.test(`attack: a held key sees exactly what it can call (${kind})`, async (t) => {
    const { world, json, key, held, all } = await openWorld(kind);
    await using _world = world;
    // Slugs of what is somebody's end in what nobody guesses.
    const names = (items: readonly Shown[]) =>
      items.map(({ slug }) => slug.replace(/-[0-9a-f]{12}$/, "")).toSorted();
    const mine = all.find(({ slug }) => slug.startsWith("mine-"))!.slug;
    const within = ["mine-greet", "within-greet"];
    const outcomes = async (ask: (tool: Shown) => [string, object]) => {
      const open: Shown[] = [];
      for (const tool of all) {
        const [path, asked] = ask(tool);
        const answer = await world.ask(path, { key, ...asked });
        await answer.body?.cancel();
        assert.ok([200, 404].includes(answer.status), `${path} ${answer.status}`);
        if (answer.status === 200) open.push(tool);
      }
      return names(open);
    };

    await t.step("lists and searches", async () => {
      assert.equal(all.length, 4, "the owner has more");
      assert.deepEqual(names((await json("/api/tools", { key })).items), within);
      const found = await json("/api/tools/search?q=greet", { key });
      assert.deepEqual(names(found.items), within);
      const byName = await json("/api/tools/search?q=beside", { key });
      assert.deepEqual(byName.items, []);
    });
    await t.step("descriptions, by id and slug", async () => {
      for (const part of ["", "/versions", "/health", "/opinion"]) {
        assert.deepEqual(await outcomes(({ id }) => [`/api/tools/${id}${part}`, {}]), within);
        assert.deepEqual(await outcomes(({ slug }) => [`/api/tools/${slug}${part}`, {}]), within);
      }
    });
    await t.step("calls, which are held to the collection", async () => {
      const body = { params: {} };
      const bySlug = await outcomes(({ slug }) => [`/api/tools/execute/${slug}`, { body }]);
      assert.deepEqual(bySlug, within);
      const { context } = world.gateway.calls.at(-1)!;
      assert.equal(context.pin?.collectionId, held);
      assert.deepEqual(context.grant?.defaults?.limits, { timeoutMs: 70 });
      const through = await outcomes(({ id }) => [
        ...[`/api/collections/${held}/call`, { body: { tool: id, params: {} } }] as const,
      ]);
      assert.deepEqual(through, within);
      const { items } = await json(`/api/collections/${held}/tools`, { key });
      assert.deepEqual(names(items), within);
    });
    await t.step("nothing is changed by it, and no other package is named", async () => {
      const { token } = await world.makeKey(userCaller({ tenant: "local" }), {
        ...{ scopes: [...SCOPES, "collections:write"], collections: [held] },
      });
      for (const method of ["PATCH", "DELETE"]) {
        const body = method === "PATCH" ? { visibility: "public" } : undefined;
        const answer = await world.ask(`/api/tools/${mine}`, { key: token, method, body });
        assert.equal(answer.status, 404, method);
      }
      const body = { packageName: "within", name: "greet", params: {} };
      assert.equal((await world.ask("/execute-tool", { key, body })).status, 404);
      const described = await world.ask("/describe-tool", { key, body });
      assert.equal(described.status, 404);
    });
    await t.step("with the collection goes what is seen through it", async () => {
      await json(`/api/collections/${held}`, { method: "DELETE" });
      assert.deepEqual((await json("/api/tools", { key })).items, []);
      assert.deepEqual(await outcomes(({ id }) => [`/api/tools/${id}`, {}]), []);
      const body = { params: {} };
      assert.deepEqual(
        await outcomes(({ slug }) => [`/api/tools/execute/${slug}`, { body }]),
        [],
      );
    });
  });
}
