import assert from "node:assert/strict";
import type { JsonObject } from "../spec/json.ts";
import { WORLD_URL } from "./support/accounts_world.ts";
import { ConformanceUpstream } from "./support/conformance_upstream.ts";
import { addServer, ALICE, RemoteWorld } from "./support/remote_world.ts";
import { TEST_DATABASE_KINDS } from "./support/test_database.ts";

type Gateway = (request: Request) => Promise<Response>;

/** A call of revision 2026-07-28, of a client that shows forms. */
const MODERN_CALL: JsonObject = {
  ...{ name: "asks--test_elicitation", arguments: {} },
  _meta: {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {} } },
  },
};

/** A request of the session era. */
function send(
  gateway: Gateway,
  path: string,
  { method = "POST", session, message }: {
    readonly method?: string;
    readonly session?: string;
    readonly message?: JsonObject;
  },
): Promise<Response> {
  return gateway(
    new Request(`${WORLD_URL}${path}`, {
      method,
      headers: {
        ...(message && { "content-type": "application/json" }),
        ...(session !== undefined && { "mcp-session-id": session }),
        accept: method === "GET" ? "text/event-stream" : "application/json, text/event-stream",
      },
      ...(message && { body: JSON.stringify({ jsonrpc: "2.0", ...message }) }),
    }),
  );
}

/** The first message of a stream, which goes on. */
async function firstMessage(body: ReadableStream<Uint8Array>) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    text += value ?? "";
    const said = /^data: (\{.*)\n/m.exec(text)?.[1];
    if (said !== undefined) return { message: JSON.parse(said), reader };
    assert.ok(!done, text);
  }
}

Deno.test({
  name: "a client whose requests land on two gateways is served, or told to begin again",
  // Without a server there are no other nodes; with CI=true there has to be one.
  ignore: !TEST_DATABASE_KINDS.includes("postgres"),
  async fn(t) {
    await using upstream = new ConformanceUpstream();
    await using world = await RemoteWorld.open({ kind: "postgres" });
    const { collectionId } = world;
    await addServer(world.asking(ALICE), collectionId, { name: "asks", url: upstream.url });
    const [a, b] = [world.answering(ALICE), world.answering(ALICE)];
    const path = `/mcp/ten_a/${collectionId}`;
    const begun = await send(a, path, {
      message: {
        ...{ id: 0, method: "initialize" },
        params: {
          ...{ protocolVersion: "2025-11-25", clientInfo: { name: "test", version: "1" } },
          capabilities: { elicitation: {} },
        },
      },
    });
    await begun.text();
    const session = begun.headers.get("mcp-session-id")!;
    const call = (name: string) => ({
      ...{ id: 1, method: "tools/call", params: { name: `asks--${name}`, arguments: {} } },
    });

    await t.step("a call on the other one", async () => {
      const answer = await send(b, path, { session, message: call("test_simple_text") });
      assert.match(await answer.text(), /simple text response/);
    });
    await t.step("a stream of changes on the other one", async () => {
      const stream = await send(b, path, { method: "GET", session });
      assert.equal(stream.status, 200);
      assert.equal(stream.headers.get("content-type"), "text/event-stream");
      await stream.body?.cancel();
    });
    await t.step(
      "an answer to a question counts where it was asked, and is refused elsewhere",
      async () => {
        const { body } = await send(a, path, { session, message: call("test_elicitation") });
        const { message: { id }, reader } = await firstMessage(body!);
        const content = { username: "ada", email: "ada@example.com" };
        const message = { id, result: { action: "accept", content } };
        const elsewhere = await send(b, path, { session, message });
        assert.equal(elsewhere.status, 400);
        assert.match((await elsewhere.json()).error.message, /call again/);
        assert.equal(upstream.answers.length, 0);
        assert.equal((await send(a, path, { session, message })).status, 202);
        const { value } = await reader.read();
        assert.match(value ?? "", /Answered/);
        await reader.cancel();
      },
    );
    await t.step("a call of 2026-07-28 that waits is begun again on the other one", async () => {
      const [here, there] = [world.answeringAs([ALICE]), world.answeringAs([ALICE])];
      const ask = (gateway: typeof here, more: JsonObject) =>
        gateway<{ result?: JsonObject; error?: { data: { code: string; suggestion: string } } }>(
          ALICE,
          path,
          { ...call("test_elicitation"), jsonrpc: "2.0", params: { ...MODERN_CALL, ...more } },
        );
      const { result } = await ask(here, {});
      const requestState = result!["requestState"]!;
      const { error } = await ask(there, { requestState, inputResponses: {} });
      assert.equal(error?.data.code, "invalid_input");
      assert.match(error?.data.suggestion ?? "", /Begin again/);
      assert.ok((await ask(here, { requestState, inputResponses: {} })).result?.["inputRequests"]);
    });
    await t.step(
      "a post of the old transport is told that its connection is not there",
      async () => {
        const opened = await send(a, `${path}/sse`, { method: "GET" });
        const reader = opened.body!.pipeThrough(new TextDecoderStream()).getReader();
        const endpoint = /^data: (.*)$/m.exec((await reader.read()).value ?? "")![1]!;
        const message = { id: 1, method: "ping" };
        assert.equal((await send(a, endpoint, { message })).status, 202);
        assert.equal((await send(b, endpoint, { message })).status, 404);
        await reader.cancel();
      },
    );
    await t.step("a session is ended on the other one", async () => {
      assert.equal((await send(b, path, { method: "DELETE", session })).status, 200);
    });
  },
});
