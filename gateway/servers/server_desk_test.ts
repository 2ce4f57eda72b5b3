import assert from "node:assert/strict";
import { openHeaders } from "../../accounts/servers/server_headers.ts";
import { findServer } from "../../accounts/servers/find_server.ts";
import { FakeUpstream } from "../../tests/support/fake_upstream.ts";
import { keyCaller } from "../../tests/support/callers.ts";
import { realServer } from "../../tests/support/real_upstreams.ts";
import {
  addServer,
  ALICE,
  listed,
  RemoteWorld,
  settles,
} from "../../tests/support/remote_world.ts";
import { SCOPES } from "../../spec/account.ts";

Deno.test("ServerDesk keeps headers from whoever does not look after the account", async (t) => {
  await using upstream = new FakeUpstream();
  await using thief = new FakeUpstream();
  await using world = await RemoteWorld.open();
  const { collectionId, accountsWorld: { accounts, database: { sql } } } = world;
  const alice = world.asking(ALICE);
  const key = world.asking(keyCaller({ scopes: new Set(SCOPES) }));
  const path = `/api/collections/${collectionId}/servers`;
  const headers = { authorization: "Bearer s3cret" };
  const { server } = await addServer(alice, collectionId, {
    ...{ name: "fake", url: upstream.url, headers },
  });
  await t.step("a key with collections:write adds no server with headers", async () => {
    for (const authorization of ["Bearer mine", "Bearer ${TOKEN}"]) {
      const wish = { name: "own", url: thief.url, headers: { authorization } };
      assert.equal((await key(path, { body: wish })).status, 403);
    }
    assert.equal((await key(path, { body: { name: "own", url: thief.url } })).status, 201);
  });
  await t.step("nor does it move one that has some, or give it others", async () => {
    for (const wish of [{ url: thief.url }, { headers: {} }, { headers: { "x-a": "${TOKEN}" } }]) {
      const { status } = await key(`${path}/${server.id}`, { method: "PATCH", body: wish });
      assert.equal(status, 403, JSON.stringify(wish));
    }
    const body = { timeoutMs: 1_000 };
    assert.equal((await key(`${path}/${server.id}`, { method: "PATCH", body })).status, 200);
    const sent = thief.messages.map(({ authorization }) => authorization);
    assert.ok(sent.length > 0 && sent.every((value) => value === null), sent.join());
  });
  await t.step("their values are sealed, for this server alone, and shown nowhere", async () => {
    const rows = JSON.stringify(await sql`select to_jsonb(s) as row from mcp_server s`);
    const audit = JSON.stringify(await sql`select details from audit_log`);
    const shown = JSON.stringify(await alice(path));
    for (const text of [rows, audit, shown]) assert.ok(!text.includes("s3cret"));
    const row = await findServer(sql, ALICE, { collectionId, server: "fake" });
    assert.deepEqual(await openHeaders(sql, row, accounts), headers);
    await assert.rejects(openHeaders(sql, { ...row, id: "srv_other" }, accounts));
    await assert.rejects(openHeaders(sql, { ...row, owner_id: "ten_b" }, accounts));
  });
  await t.step(
    "a name that is taken, and what has changed since it was seen, are refused",
    async () => {
      assert.equal((await alice(path, { body: { name: "fake", url: upstream.url } })).status, 409);
      const asked = {
        method: "PATCH",
        body: { enabled: false },
        headers: { "if-match": '"other"' },
      };
      assert.equal((await alice(`${path}/${server.id}`, asked)).status, 412);
    },
  );
  await t.step("one that is switched off, or removed, offers nothing", async () => {
    const names = async () => (await listed(alice, collectionId)).map(({ name }) => name);
    assert.ok((await names()).includes("fake--who"));
    await alice(`${path}/${server.id}`, { method: "PATCH", body: { enabled: false } });
    await settles(async () => assert.deepEqual(await names(), ["own--who"]));
    await alice(`${path}/${server.id}`, { method: "PATCH", body: { enabled: true } });
    await settles(async () => assert.equal((await names()).length, 2));
    assert.equal((await alice(`${path}/${server.id}`, { method: "DELETE" })).status, 200);
    await settles(async () => assert.deepEqual(await names(), ["own--who"]));
  });
});

Deno.test("ServerDesk keeps a server that does not answer, and none that must not be asked", async (t) => {
  const command = realServer("memory");
  await using world = await RemoteWorld.open({ allow: ["127.0.0.1:1"], commands: [command] });
  const { collectionId } = world;
  const alice = world.asking(ALICE);
  const path = `/api/collections/${collectionId}/servers`;
  await t.step("dead", async () => {
    const url = "http://127.0.0.1:1/mcp";
    const { server, failure } = await addServer(alice, collectionId, { name: "dead", url });
    assert.equal(server.health, "failing");
    assert.equal(failure?.code, "upstream_failed");
  });
  await t.step("not to be asked", async () => {
    const wishes = [
      { name: "a", url: "http://example.com/mcp" },
      { name: "b", command: ["sh", "-c", "id"] },
      { name: "c", command: [...command, "--more"] },
    ];
    for (const body of wishes) assert.equal((await alice(path, { body })).status, 403);
    const listing = JSON.stringify((await alice(path)).body);
    for (const { name } of wishes) assert.ok(!listing.includes(`"name":"${name}"`));
  });
  await t.step("private", async () => {
    const url = "https://127.0.0.1:2/mcp";
    const { failure } = await addServer(alice, collectionId, { name: "inside", url });
    assert.match(failure?.error ?? "", /not public/);
  });
  await t.step("one that the operator lets be started", async () => {
    const { server, tools, failure } = await addServer(alice, collectionId, {
      ...{ name: "memory", command },
    });
    assert.equal(failure, null);
    assert.equal(server.transport, "stdio");
    assert.ok(
      tools.length > 0 && tools.every(({ state }) => state === "pinned"),
      JSON.stringify(tools),
    );
  });
});
