import assert from "node:assert/strict";
import type { Caller } from "../spec/account.ts";
import type { JsonObject } from "../spec/json.ts";
import { ConformanceUpstream } from "./support/conformance_upstream.ts";
import { addServer, ALICE, BOB, listed, RemoteWorld, settles } from "./support/remote_world.ts";

/** A call of revision 2026-07-28, of a client that shows forms. */
const MODERN_CALL: JsonObject = {
  ...{ name: "asks--test_elicitation", arguments: {} },
  _meta: {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {} } },
  },
};

interface Answer {
  readonly result?: JsonObject;
  readonly error?: { readonly data: { readonly code: string } };
}

Deno.test("a call that waits for its client goes on for nobody else, nowhere else, and once", async (t) => {
  await using upstream = new ConformanceUpstream();
  await using world = await RemoteWorld.open();
  const { collectionId } = world;
  const [alice, bob] = [world.asking(ALICE), world.asking(BOB)];
  const gateway = world.answeringAs([ALICE, BOB]);
  await addServer(alice, collectionId, { name: "asks", url: upstream.url });
  const { id: other } = (await alice("/api/collections", {
    body: { name: "Other", visibility: "public" },
  })).body as { id: string };
  await addServer(alice, other, { name: "asks", url: upstream.url });
  const ask = async (caller: Caller, more: JsonObject, collection = collectionId) =>
    await gateway<Answer>(caller, `/mcp/ten_a/${collection}`, {
      ...{ jsonrpc: "2.0", id: 1, method: "tools/call" },
      params: { ...MODERN_CALL, ...more },
    });
  await settles(async () => assert.ok((await listed(bob, collectionId)).length > 0));
  const begun = await ask(ALICE, {});
  assert.ok(begun.result, JSON.stringify(begun));
  const { requestState, inputRequests } = begun.result as {
    readonly requestState: string;
    readonly inputRequests: JsonObject;
  };
  const [question] = Object.keys(inputRequests);
  const content = { username: "ada", email: "ada@example.com" };
  const answers = {
    requestState,
    inputResponses: { [question!]: { action: "accept", content } },
  };
  const refused = async (answer: Promise<Answer>) => {
    const { error, result } = await answer;
    assert.equal(error?.data.code, "invalid_input", JSON.stringify(result));
    assert.equal(upstream.answers.length, 0);
  };
  await t.step("not for another caller", () => refused(ask(BOB, answers)));
  await t.step("not on another collection", () => refused(ask(ALICE, answers, other)));
  const again = await ask(ALICE, { requestState, inputResponses: {} });
  await t.step("not with a state that was used, though the call still waits", async () => {
    assert.deepEqual(Object.keys(again.result?.["inputRequests"] ?? {}), [question]);
    await refused(ask(ALICE, answers));
  });
  const last = { ...answers, requestState: again.result!["requestState"]! };
  await t.step("for whoever began it", async () => {
    const { result } = await ask(ALICE, last);
    assert.match(JSON.stringify(result), /Answered.*ada@example\.com/);
    assert.equal(upstream.answers.length, 1);
  });
  await t.step("and not again", async () => {
    const { error } = await ask(ALICE, last);
    assert.equal(error?.data.code, "invalid_input");
    assert.equal(upstream.answers.length, 1);
  });
});
