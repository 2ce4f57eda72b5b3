import assert from "node:assert/strict";
import { sharedUri } from "../../mcp/library/shared_uri.ts";
import { readOffersOf } from "../../registry/servers/server_offers.ts";
import type { JsonObject, JsonValue } from "../../spec/json.ts";
import { type AskingClient, connectAsking } from "../../tests/support/asking_client.ts";
import { keyCaller } from "../../tests/support/callers.ts";
import { ConformanceUpstream } from "../../tests/support/conformance_upstream.ts";
import { FakeUpstream, type UpstreamAnswer } from "../../tests/support/fake_upstream.ts";
import {
  addServer,
  ALICE,
  type Ask,
  BOB,
  listed,
  RemoteWorld,
  settles,
} from "../../tests/support/remote_world.ts";

const KINDS = ["2026", "session"] as const;

interface Answer {
  readonly result?: JsonObject;
  readonly error?: { readonly data: { readonly code: string } };
}

/** Asks an endpoint without a client. */
async function rpc(ask: Ask, collectionId: string, method: string, params: JsonObject = {}) {
  const { body } = await ask(`/mcp/ten_a/${collectionId}`, {
    body: { jsonrpc: "2.0", id: 1, method, params },
  });
  return body as Answer;
}

async function urisFor(ask: Ask, collectionId: string): Promise<readonly unknown[]> {
  const { result } = await rpc(ask, collectionId, "resources/list");
  return (result!["resources"] as readonly JsonObject[]).map(({ uri }) => uri);
}

Deno.test("RemoteLibrary passes on all that other servers offer, to clients of both eras", async (t) => {
  await using old = new ConformanceUpstream();
  await using both = new ConformanceUpstream({ eras: "both" });
  await using world = await RemoteWorld.open();
  const { collectionId } = world;
  const alice = world.asking(ALICE);
  const add = (name: string, { url }: ConformanceUpstream) =>
    addServer(alice, collectionId, { name, url });
  const ids = { old: (await add("old", old)).server.id, both: (await add("both", both)).server.id };
  const path = `/mcp/ten_a/${collectionId}`;
  const answer = world.answering(ALICE);
  const clients: AskingClient[] = [];
  await using stack = new AsyncDisposableStack();
  for (const kind of KINDS) {
    clients.push(stack.use(await connectAsking({ answer, path, kind })));
  }
  const uriOf = (server: keyof typeof ids, uri: string) =>
    sharedUri({ serverId: ids[server], uri: `test://${uri}` });

  for (const [index, { client, asked, told }] of clients.entries()) {
    const kind = KINDS[index];
    await t.step(`resources, templates, prompts and completions (${kind})`, async () => {
      const { resources } = await client.listResources();
      assert.equal(resources.length, 6);
      assert.equal(resources[0]?.uri, uriOf("old", "static-text"));
      const { resourceTemplates } = await client.listResourceTemplates();
      assert.deepEqual(resourceTemplates.map(({ uriTemplate }) => uriTemplate), [
        ...[uriOf("old", "template/{id}/data"), uriOf("both", "template/{id}/data")],
      ]);
      for (const uri of [uriOf("old", "template/7/data"), uriOf("both", "template/7/data")]) {
        const { contents: [content] } = await client.readResource({ uri });
        assert.equal(content?.uri, uri);
        assert.match(JSON.stringify(content), /\\"id\\":\\"7\\"/);
      }
      const { prompts } = await client.listPrompts();
      assert.ok(prompts.some(({ name }) => name === "both--test_simple_prompt"));
      const name = "old--test_prompt_with_arguments";
      const got = await client.getPrompt({ name, arguments: { arg1: "x", arg2: "y" } });
      assert.match(JSON.stringify(got.messages), /arg1='x', arg2='y'/);
      for (
        const ref of [
          { type: "ref/prompt", name } as const,
          {
            type: "ref/resource",
            uri: uriOf("both", "template/{id}/data"),
          } as const,
        ]
      ) {
        const argument = { name: "arg1", value: "pari" };
        const { completion } = await client.complete({ ref, argument });
        assert.deepEqual(completion.values, ["paris"]);
      }
    });
    for (const server of ["old", "both"] as const) {
      await t.step(`questions to a person and to a model (${kind}, ${server})`, async () => {
        asked.length = 0;
        const form = await client.callTool({ name: `${server}--test_elicitation` });
        assert.match(JSON.stringify(form.content), /ada@example.com/);
        const said = await client.callTool({ name: `${server}--test_sampling` });
        assert.match(JSON.stringify(said.content), /hello/);
        assert.equal(asked.length, 2);
        assert.equal(asked[0]?.["message"], `[${server}] Please provide your information`);
      });
    }
    await t.step(`changes of resources and of lists (${kind})`, async () => {
      const uris = [uriOf("old", "watched-resource"), uriOf("both", "watched-resource")];
      if (kind === "session") { for (const uri of uris) await client.subscribeResource({ uri }); }
      else {
        const filter = { promptsListChanged: true, resourceSubscriptions: uris };
        const listening = await client.listen(filter);
        stack.defer(() => listening.close());
      }
      await settles(async () => {
        // Whether it is watched already is the server's to know.
        await old.tell("notifications/resources/updated", { uri: "test://watched-resource" });
        await both.tell("notifications/resources/updated", { uri: "test://watched-resource" });
        for (const uri of uris) assert.ok(told.includes(uri), told.join());
      });
      for (const upstream of [old, both]) {
        upstream.prompts = [...upstream.prompts, { name: `new_${kind}` }];
        await upstream.tell("notifications/prompts/list_changed");
      }
      await settles(() => {
        assert.ok(told.includes("notifications/prompts/list_changed"), told.join());
        return Promise.resolve();
      });
      await settles(async () => {
        const { prompts } = await client.listPrompts(undefined, { cacheMode: "refresh" });
        for (const server of ["old", "both"]) {
          assert.ok(prompts.some(({ name }) => name === `${server}--new_${kind}`));
        }
      });
    });
  }
  await t.step("each of several clients at once is asked for its own call", async () => {
    let waiting = 0;
    const all = Promise.withResolvers<void>();
    const beforeAnswer = () => {
      if (++waiting === 4) all.resolve();
      return all.promise;
    };
    await using several = new AsyncDisposableStack();
    const people = await Promise.all(["ann", "bob", "cyd", "dee"].map(async (username, at) => {
      const kind = KINDS[at % 2]!;
      const opened = connectAsking({ answer, path, kind, username, beforeAnswer });
      return { username, ...several.use(await opened) };
    }));
    await Promise.all(people.map(async ({ client, username, asked }) => {
      const { content } = await client.callTool({ name: "old--test_elicitation" });
      assert.match(JSON.stringify(content), new RegExp(`${username}@example.com`));
      assert.equal(asked.length, 1);
    }));
  });
  await t.step("a client that cannot be asked is not asked, and neither is another", async () => {
    const before = clients.map(({ asked }) => asked.length);
    await using none = await connectAsking({ answer, path, kind: "session", capabilities: {} });
    const result = await none.client.callTool({ name: "old--test_elicitation" });
    assert.equal(result.isError, true);
    assert.deepEqual(clients.map(({ asked }) => asked.length), before);
    assert.ok(old.declared.some((declared) => Object.keys(declared as object).length === 0));
  });
});

Deno.test("RemoteLibrary shows and reads for each caller what its tools are for, and nothing else", async (t) => {
  await using upstream = new ConformanceUpstream();
  await using closed = new ConformanceUpstream();
  await using world = await RemoteWorld.open();
  const { collectionId } = world;
  const alice = world.asking(ALICE);
  const bob = world.asking(BOB);
  const look = await addServer(alice, collectionId, { name: "open", url: upstream.url });
  const { server: open } = look;
  const { server: own } = await addServer(alice, collectionId, {
    ...{ name: "own", url: closed.url, headers: { authorization: "Bearer of-alice" } },
  });
  const { server: part } = await addServer(alice, collectionId, {
    ...{ name: "part", url: upstream.url, allowedTools: ["test_simple_text"] },
  });
  const static_ = "test://static-text";
  const read = (ask: Ask, uri: string, collection = collectionId) =>
    rpc(ask, collection, "resources/read", { uri });
  const codeOf = async (answer: Promise<Answer>) =>
    (await answer).error === undefined ? "ok" : "refused";

  await t.step("whoever looks after a server is shown what it offers", () => {
    const { resources, templates, prompts } = look.offers;
    assert.ok(resources.first.includes(static_), JSON.stringify(resources));
    assert.deepEqual([resources.total, templates.total], [3, 1]);
    assert.ok(prompts.first.includes("test_simple_prompt"));
  });
  await t.step("the owner's account has all, but of a server with a list of tools", async () => {
    assert.equal((await urisFor(alice, collectionId)).length, 6);
    for (const { id: serverId } of [open, own]) {
      assert.equal(await codeOf(read(alice, sharedUri({ serverId, uri: static_ }))), "ok");
    }
    const uri = sharedUri({ serverId: part.id, uri: static_ });
    assert.equal(await codeOf(read(alice, uri)), "refused");
  });
  await t.step("others have what is sent nothing of the owner's", async () => {
    assert.equal((await urisFor(bob, collectionId)).length, 3);
    assert.equal(await codeOf(read(bob, sharedUri({ serverId: open.id, uri: static_ }))), "ok");
    const uri = sharedUri({ serverId: own.id, uri: static_ });
    assert.equal(await codeOf(read(bob, uri)), "refused");
    const ref = { type: "ref/resource", uri };
    const argument = { name: "id", value: "1" };
    assert.ok((await rpc(bob, collectionId, "completion/complete", { ref, argument })).error);
    const session = { "mcp-session-id": "bobs" };
    const { body } = await bob(`/mcp/ten_a/${collectionId}`, {
      body: { jsonrpc: "2.0", id: 1, method: "resources/subscribe", params: { uri } },
      headers: session,
    });
    assert.equal((body as Answer).error?.data.code, "not_found");
    const { result } = await rpc(bob, collectionId, "prompts/list");
    assert.ok(!JSON.stringify(result).includes("own--"));
    assert.ok(
      (await rpc(bob, collectionId, "prompts/get", { name: "own--test_simple_prompt" })).error,
    );
  });
  await t.step("a key of another collection has nothing, also by a URI that it knows", async () => {
    const { id: other } = (await alice("/api/collections", { body: { name: "Other" } }))
      .body as { id: string };
    const held = world.asking(keyCaller({ collections: [other] }));
    const uri = sharedUri({ serverId: open.id, uri: static_ });
    assert.equal(
      (await held(`/mcp/ten_a/${collectionId}`, {
        body: { jsonrpc: "2.0", id: 1, method: "resources/list" },
      })).status,
      404,
    );
    assert.deepEqual(await urisFor(held, other), []);
    assert.equal(await codeOf(read(held, uri, other)), "refused");
  });
  await t.step("no address of anybody's is asked for by us", async () => {
    for (const uri of ["http://169.254.169.254/latest", "file:///etc/passwd", static_, ""]) {
      assert.equal(await codeOf(read(alice, uri)), "refused", uri);
    }
  });
});

Deno.test("RemoteLibrary takes so much of a server, and shows what it had while that is dead", async (t) => {
  let isDead = false;
  let pages = 0;
  const entry = (at: number) => ({ uri: `x://${at}`, name: `n${at}`, size: -1, title: 7 });
  await using endless = new FakeUpstream({
    answer({ method }): UpstreamAnswer {
      if (isDead) return new Response("gone", { status: 500 });
      if (method === "initialize") {
        return {
          protocolVersion: "2025-06-18",
          capabilities: { tools: {}, resources: {}, prompts: {} },
          serverInfo: { name: "fake", version: "1.0.0" },
        };
      }
      if (method === "resources/list") {
        const at = pages++ * 3;
        const bad: JsonValue[] = [null, 7, { name: "no uri" }, { uri: "x://\n", name: "line" }];
        const resources: JsonValue[] = [entry(at), entry(at), entry(at + 1), ...bad];
        return { resources, nextCursor: "more" };
      }
      if (method === "prompts/list") {
        return { prompts: [{ name: "p", arguments: [7, { name: 1 }] }] };
      }
      return undefined;
    },
  });
  await using good = new ConformanceUpstream();
  await using world = await RemoteWorld.open({ limits: { offers: 5 } });
  const { collectionId } = world;
  const alice = world.asking(ALICE);
  const { server } = await addServer(alice, collectionId, { name: "endless", url: endless.url });
  await addServer(alice, collectionId, { name: "good", url: good.url });
  await t.step("a list without an end is cut, what is no entry is left out", async () => {
    const uris = await urisFor(alice, collectionId);
    assert.equal(uris.length, 5 + 3);
    assert.ok(pages < 10);
    const kept = await readOffersOf(world.accountsWorld.database.sql, collectionId);
    assert.equal(kept.get(server.id)?.resources.length, 5);
    const { result } = await rpc(alice, collectionId, "prompts/list");
    const [prompt] = result!["prompts"] as readonly JsonObject[];
    assert.deepEqual([prompt?.["name"], prompt?.["arguments"]], ["endless--p", undefined]);
  });
  await t.step("a dead server's are still listed, and hide nobody's", async () => {
    isDead = true;
    await alice(`/api/collections/${collectionId}/servers/${server.id}/test`, { method: "POST" });
    assert.equal((await urisFor(alice, collectionId)).length, 8);
    assert.ok((await listed(alice, collectionId)).length > 1);
    const uri = sharedUri({ serverId: server.id, uri: "x://0" });
    const { error } = await rpc(alice, collectionId, "resources/read", { uri });
    assert.equal(error?.data.code, "upstream_failed");
    const { result } = await rpc(alice, collectionId, "prompts/get", {
      name: "good--test_simple_prompt",
    });
    assert.ok(result !== undefined);
  });
});
