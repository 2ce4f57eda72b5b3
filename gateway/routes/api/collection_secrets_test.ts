import assert from "node:assert/strict";
import { AccountsWorld } from "../../../tests/support/accounts_world.ts";
import { userCaller } from "../../../tests/support/callers.ts";

const VALUE = "v4lue-of-a-collection";

Deno.test("/api/collections/{id}/secrets keeps, lists and forgets, and gives no value back", async (t) => {
  await using world = await AccountsWorld.open();
  const collect = async (name: string) =>
    (await (await world.ask("/api/collections", { body: { name } })).json()).id;
  const [one, other] = [await collect("one"), await collect("other")];
  const put = (id: string, value: string) =>
    world.ask(`/api/collections/${id}/secrets`, { method: "PUT", body: { name: "TOKEN", value } });
  const names = async (path: string) => {
    const text = await (await world.ask(path)).text();
    assert.ok(!text.includes(VALUE));
    return JSON.parse(text).items.map((item: { id: string }) => item.id);
  };
  const kept = await put(one, VALUE);
  assert.equal(kept.status, 200);
  const secret = await kept.json();
  assert.equal(secret.collectionId, one);

  await t.step("it stands with its collection, and in the account's list", async () => {
    assert.deepEqual(await names(`/api/collections/${one}/secrets`), [secret.id]);
    assert.deepEqual(await names(`/api/collections/${other}/secrets`), []);
    assert.deepEqual(await names("/api/secrets"), [secret.id]);
    assert.deepEqual((await (await put(one, "another value")).json()).id, secret.id);
  });
  await t.step("calls through no collection do not have it", async () => {
    const body = { packageName: "@scope/tools", name: "greet", params: {} };
    await world.ask("/execute-tool", { body });
    assert.equal(world.gateway.calls.at(-1)?.context.grant?.secrets?.TOKEN, undefined);
  });
  await t.step("it is reached through its own collection only", async () => {
    const wrong = `/api/collections/${other}/secrets/${secret.id}`;
    assert.equal((await world.ask(wrong, { method: "DELETE" })).status, 404);
    assert.deepEqual(await names(`/api/collections/${one}/secrets`), [secret.id]);
    for (const id of ["col_none", "one"]) {
      assert.equal((await put(id, VALUE)).status, 404, id);
      assert.equal((await world.ask(`/api/collections/${id}/secrets`)).status, 404, id);
    }
  });
  await t.step("a wrong body does not come back", async () => {
    for (const body of [{ name: "A-B", value: VALUE }, { name: "A", value: VALUE, tenant: "x" }]) {
      const path = `/api/collections/${one}/secrets`;
      const refused = await world.ask(path, { method: "PUT", body });
      assert.equal(refused.status, 400);
      assert.ok(!(await refused.text()).includes(VALUE));
    }
  });
  await t.step("forgotten, alone or with its collection", async () => {
    const path = `/api/collections/${one}/secrets/${secret.id}`;
    assert.equal((await world.ask(path, { method: "DELETE" })).status, 200);
    assert.equal((await world.ask(path, { method: "DELETE" })).status, 404);
    await put(other, VALUE);
    await world.ask(`/api/collections/${other}`, { method: "DELETE" });
    assert.deepEqual(await names("/api/secrets"), []);
  });
});

Deno.test("/api/collections/{id}/secrets of another account are not there", async () => {
  await using world = await AccountsWorld.open();
  const { id } = await (await world.ask("/api/collections", { body: { name: "theirs" } })).json();
  const path = `/api/collections/${id}/secrets`;
  await world.database.sql`update collection set owner_id = 'ten_b', visibility = 'public'`;
  const body = { name: "TOKEN", value: VALUE };
  // A public collection is seen; what is kept with it is its account's.
  assert.equal((await world.ask(path)).status, 403);
  assert.equal((await world.ask(path, { method: "PUT", body })).status, 403);
  await world.database.sql`update collection set visibility = 'private'`;
  assert.equal((await world.ask(path)).status, 404);
  assert.equal((await world.ask(path, { method: "PUT", body })).status, 404);
  const { token } = await world.makeKey(userCaller());
  assert.equal((await world.ask(path, { key: token })).status, 403);
  // Take the owner out of it, and the same requests are answered: it is the account that hides it.
  await world.database.sql`update collection set owner_id = 'local'`;
  assert.equal((await world.ask(path, { method: "PUT", body })).status, 200);
});
