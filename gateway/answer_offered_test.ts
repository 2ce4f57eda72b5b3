import assert from "node:assert/strict";
import { notFound } from "../accounts/require_permission.ts";
import type { JsonObject } from "../spec/json.ts";
import { failsWith } from "../tests/support/fails_with.ts";
import { FakeUpstream, WHO } from "../tests/support/fake_upstream.ts";
import {
  addServer,
  ALICE,
  type Ask,
  BOB,
  RemoteWorld,
  settles,
} from "../tests/support/remote_world.ts";
import { answerOffered } from "./answer_offered.ts";

Deno.test("tools of other servers are called by the plain routes too, by the same rules", async (t) => {
  let isLost = false;
  await using upstream = new FakeUpstream({
    tools: [WHO],
    answer: ({ method }) =>
      isLost && method === "tools/call" ? new Response("gone", { status: 502 }) : undefined,
  });
  await using world = await RemoteWorld.open();
  const { collectionId } = world;
  const plain = (ask: Ask): Ask => (path, asked) =>
    ask(path, { ...asked, headers: { accept: "application/json", ...asked?.headers } });
  const alice = plain(world.asking(ALICE));
  const bob = plain(world.asking(BOB));
  await addServer(alice, collectionId, {
    ...{ name: "own", url: upstream.url, headers: { authorization: "Bearer of-alice" } },
  });
  const made = await alice("/api/agents", { body: { name: "A", collectionIds: [collectionId] } });
  const { id: agentId } = made.body as { readonly id: string };
  const paths = [`/api/collections/${collectionId}/call`, `/api/agents/${agentId}/call`];
  const codeOf = ({ body }: { readonly body: unknown }) => (body as JsonObject)["code"];
  await t.step("with what the server answers as output, and in the log", async () => {
    for (const path of paths) {
      const { status, body } = await alice(path, { body: { tool: "own--who", params: { a: 1 } } });
      assert.equal(status, 200, JSON.stringify(body));
      const { output } = body as { output: { content: { text: string }[] } };
      const seen = JSON.parse(output.content[0]!.text);
      assert.deepEqual([seen.authorization, seen.args], ["Bearer of-alice", { a: 1 }]);
    }
    await settles(async () => {
      const { body } = await alice("/api/usage/calls?limit=50&packageName=own");
      assert.equal((body as { readonly items: readonly JsonObject[] }).items.length, 2);
    });
  });
  await t.step("not for others, nor for keys that may not call over MCP", async () => {
    const scopes = new Set([...ALICE.scopes].filter((scope) => scope !== "mcp:execute"));
    const before = upstream.count("tools/call");
    for (const ask of [bob, plain(world.asking({ ...ALICE, scopes }))]) {
      assert.equal(codeOf(await ask(paths[0]!, { body: { tool: "own--who" } })), "tool_not_found");
    }
    assert.equal(upstream.count("tools/call"), before);
  });
  await t.step("once for a key, also where nobody knows what became of it", async () => {
    const headers = { "idempotency-key": "lost" };
    isLost = true;
    const before = upstream.count("tools/call");
    const first = await alice(paths[0]!, { body: { tool: "own--who" }, headers });
    isLost = false;
    assert.equal(codeOf(first), "upstream_failed");
    const again = await alice(paths[0]!, { body: { tool: "own--who" }, headers });
    assert.deepEqual([again.status, codeOf(again)], [first.status, "upstream_failed"]);
    assert.equal(upstream.count("tools/call"), before + 1);
    assert.equal((await alice(paths[0]!, { body: { tool: "own--who" } })).status, 200);
  });
  await t.step("with nothing that the server could not be held to", async () => {
    for (const more of [{ env: { A: "b" } }, { limits: { timeoutMs: 5 } }, { runtime: "deno" }]) {
      const answer = await alice(paths[0]!, { body: { tool: "own--who", ...more } });
      assert.equal(codeOf(answer), "invalid_input", JSON.stringify(more));
    }
  });
  await t.step("as a stream, and held back when it is another than was approved", async () => {
    const headers = { accept: "text/event-stream" };
    const body = { tool: "own--who" };
    const streamed = await alice(paths[0]!, { body, headers });
    assert.equal((streamed.body as JsonObject)["success"], true);
    upstream.tools = [{ ...WHO, description: "Something else" }];
    await alice(`/api/collections/${collectionId}/servers/own/test`, { body: {} });
    await settles(async () =>
      assert.equal(codeOf(await alice(paths[0]!, { body })), "quarantined")
    );
    assert.equal(codeOf(await alice(paths[0]!, { body, headers })), "quarantined");
  });
});

Deno.test("answerOffered() looks nowhere else where nobody serves MCP", async () => {
  const wish = {
    tool: "own--who",
    find: () => Promise.reject(notFound("tool")),
    elsewhere: () => Promise.reject(new Error("not asked")),
    requestOf: () => assert.fail("nothing is called"),
  };
  await failsWith(answerOffered({} as never, wish, {} as never), { code: "tool_not_found" });
});
