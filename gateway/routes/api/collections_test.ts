import assert from "node:assert/strict";
import { AccountsWorld } from "../../../tests/support/accounts_world.ts";
import { userCaller } from "../../../tests/support/callers.ts";
import { insertTools } from "../../../tests/support/sample_tools.ts";

const STRANGER = userCaller({ tenant: "ten_b", scopes: new Set(["collections:read"]) });

Deno.test("/api/collections keeps collections and their tools", async (t) => {
  await using world = await AccountsWorld.open();
  await insertTools(world.database, [{ id: "tool_1" }, { id: "tool_2" }]);
  const json = async (path: string, asked = {}) => await (await world.ask(path, asked)).json();
  const made = await json("/api/collections", { body: { name: "My tools", visibility: "public" } });
  const path = `/api/collections/${made.id}`;

  await t.step("one that is made can be read and changed by who has seen it", async () => {
    assert.equal(made.slug, "my-tools");
    const read = await world.ask(path);
    const etag = read.headers.get("etag") ?? "";
    assert.deepEqual(await read.json(), made);
    const change = (match: string, body: object) =>
      world.ask(path, { method: "PATCH", body, headers: { "if-match": match } });
    const body = { limits: { timeoutMs: 50 }, description: "Two\nlines" };
    const changed = await change(etag, body);
    assert.equal(changed.status, 200);
    assert.deepEqual((await changed.json()).limits, { timeoutMs: 50 });
    const late = await change(etag, { name: "Late" });
    assert.equal(late.status, 412);
    assert.equal((await late.json()).code, "precondition_failed");
  });
  await t.step("tools are added, ordered, changed and taken out", async () => {
    const ids = ({ items }: { items: { toolId: string }[] }) => items.map(({ toolId }) => toolId);
    await json(`${path}/tools`, { body: { toolId: "tool_1" } });
    const two = await json(`${path}/tools`, { body: { toolId: "tool_2", note: "the second" } });
    assert.deepEqual(ids(two), ["tool_1", "tool_2"]);
    const body = { toolIds: ["tool_2", "tool_1"] };
    assert.deepEqual(ids(await json(`${path}/tools`, { method: "PUT", body })), body.toolIds);
    const named = { method: "PATCH", body: { displayName: "Say" } };
    const { items } = await json(`${path}/tools/tool_1`, named);
    assert.equal(items[1].displayName, "Say");
    assert.deepEqual(ids(await json(`${path}/tools/tool_2`, { method: "DELETE" })), ["tool_1"]);
    assert.equal((await world.ask(`${path}/tools/tool_2`, { method: "DELETE" })).status, 404);
  });
  await t.step("what is public is read by others, and changed by none of them", async () => {
    const { token: key } = await world.makeKey(STRANGER, { scopes: ["collections:read"] });
    assert.equal((await world.ask(path, { key })).status, 200);
    assert.deepEqual((await json("/api/collections", { key })).items, []);
    assert.equal((await json("/api/collections?of=public", { key })).items.length, 1);
    assert.equal((await world.ask(path, { key, method: "DELETE" })).status, 403);
    await json(path, { method: "PATCH", body: { visibility: "private" } });
    for (const hidden of [path, `${path}/tools`]) {
      const answer = await world.ask(hidden, { key });
      const { error, suggestion } = await answer.json();
      const absent = await world.ask("/api/collections/col_nothing", { key });
      const other = await absent.json();
      assert.deepEqual([answer.status, error, suggestion], [404, other.error, other.suggestion]);
    }
  });
  await t.step("bodies say no more than they may", async () => {
    const bodies = [
      ...["id", "ownerId", "owner_id", "likes", "revision", "tenant"].map((member) => ({
        name: "n",
        [member]: 1,
      })),
      { name: "" },
      { name: "a\u0000" },
      { name: "n", slug: "Not A Slug" },
      { name: "n", slug: "-" },
      { name: "n", visibility: "everybody" },
      { name: "n", permissions: { net: "all" } },
      { name: "n", permissions: { everything: true } },
      { name: "n", limits: { timeoutMs: 0 } },
      { name: "n", executor: { kind: "remote", url: "file:///etc/passwd" } },
      { name: "n", executor: { kind: "remote", url: "https://user:pw@there.example" } },
      { name: "n", executor: { kind: "remote", url: "https://there.example", token: "t" } },
      { name: "n", description: "\ud800" },
      [],
      null,
    ];
    for (const body of bodies) {
      const answer = await world.ask("/api/collections", { body, method: "POST" });
      assert.equal(answer.status, 400, JSON.stringify(body));
      assert.equal((await answer.json()).code, "invalid_input");
    }
    assert.equal((await json("/api/collections")).items.length, 1);
  });
  await t.step("one that is removed is gone", async () => {
    assert.equal((await world.ask(path, { method: "DELETE" })).status, 200);
    assert.equal((await world.ask(path)).status, 404);
  });
});

Deno.test("/api/agents keeps agents", async () => {
  await using world = await AccountsWorld.open();
  await insertTools(world.database, [{ id: "tool_1" }]);
  const body = { name: "Researcher", instructions: "Be brief", toolIds: ["tool_1"] };
  const made = await world.ask("/api/agents", { body });
  assert.equal(made.status, 201);
  const agent = await made.json();
  assert.deepEqual(agent.toolIds, ["tool_1"]);
  const path = `/api/agents/${agent.id}`;
  const changed = await world.ask(path, { method: "PATCH", body: { toolIds: [] } });
  assert.deepEqual((await changed.json()).toolIds, []);
  assert.equal((await (await world.ask("/api/agents")).json()).items.length, 1);
  const unknown = await world.ask("/api/agents", {
    body: { ...body, name: "Other", toolIds: ["tool_x"] },
  });
  assert.equal(unknown.status, 404);
  assert.equal((await world.ask(path, { method: "DELETE" })).status, 200);
  assert.equal((await world.ask(path)).status, 404);
});
