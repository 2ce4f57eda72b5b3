import { type Server, type ServerContext } from "@modelcontextprotocol/server";
import assert from "node:assert/strict";
import { failsWith } from "../../tests/support/fails_with.ts";
import type { JsonObject } from "../../spec/json.ts";
import { MCP_ABILITIES, type McpAbility, type McpQuestion } from "../../spec/mcp_asking.ts";
import { type AskingWork, workAsking } from "./asking_of.ts";
import { abilitiesOf, capabilitiesOf, newSessionId, sessionAbilities } from "./client_abilities.ts";
import { ParkedCalls } from "./parked_calls.ts";

const QUESTION: McpQuestion = { method: "elicitation/create", params: { message: "Which?" } };

/** A request of a client of revision 2026-07-28 that shows forms. */
function contextOf(more: Readonly<Record<string, unknown>> = {}): ServerContext {
  const clientCapabilities = { elicitation: { form: {} } };
  const mcpReq = {
    ...{
      method: "tools/call",
      signal: new AbortController().signal,
      requestState: () => undefined,
    },
    envelope: { "io.modelcontextprotocol/clientCapabilities": clientCapabilities },
    ...more,
  };
  return { mcpReq } as never;
}

/** The same again, with answers. */
function retryOf(result: object, inputResponses: JsonObject): ServerContext {
  const { requestState } = result as { readonly requestState: string };
  return contextOf({ requestState: () => requestState, inputResponses });
}

const ASKS_TWICE: AskingWork<JsonObject, string> = async (client, signal, listener) => {
  const first = await client!.ask(QUESTION, signal);
  const second = await client!.ask(QUESTION, signal);
  return { result: [first, second], heardBy: listener() };
};

Deno.test("workAsking() answers with questions, and goes on with the call for whoever began it", async (t) => {
  const parked = new ParkedCalls({ maxCalls: 3, maxCallsPerOwner: 2 });
  const hostOf = (owner: string) => ({
    ...{ server: {} as Server, owner, connection: "col_1", parked },
  });
  const call = (context: ServerContext, more: { owner?: string; params?: JsonObject } = {}) =>
    workAsking(more.params ?? { name: "a" }, context, {
      ...{ host: hostOf(more.owner ?? "ann"), listener: "now", work: ASKS_TWICE },
    });
  const begun = await call(contextOf());
  await t.step("the question, and a state that cannot be guessed", () => {
    assert.deepEqual((begun as JsonObject)["inputRequests"], { q1: QUESTION });
    assert.match(String((begun as JsonObject)["requestState"]), /^[0-9a-f-]{36}$/);
  });
  const answer = { q1: { action: "accept" } };
  await t.step("not for another caller, another tool, or a state that is made up", async () => {
    const bad = { code: "invalid_input" } as const;
    await failsWith(call(retryOf(begun, answer), { owner: "eve" }), bad);
    await failsWith(call(retryOf(begun, answer), { params: { name: "b" } }), bad);
    await failsWith(call(retryOf({ requestState: "made up" }, answer)), bad);
  });
  const again = await call(retryOf(begun, {}));
  await t.step("what was not answered is asked again", () => {
    assert.deepEqual((again as JsonObject)["inputRequests"], { q1: QUESTION });
  });
  await t.step("a state counts once", async () => {
    await failsWith(call(retryOf(begun, answer)), { code: "invalid_input" });
  });
  const second = await call(retryOf(again, answer));
  await t.step("with the last answer comes the result, to who listens then", async () => {
    const last = retryOf(second, { q2: { action: "decline" } });
    const done = await workAsking({ name: "a" }, last, {
      ...{ host: hostOf("ann"), listener: "later", work: ASKS_TWICE },
    });
    assert.deepEqual(done, {
      ...{ result: [{ action: "accept" }, { action: "decline" }], heardBy: "later" },
    });
    assert.equal(parked.size, 0);
  });
  await t.step("nobody parks more than a share", async () => {
    for (let at = 0; at < 2; at++) await call(contextOf());
    await failsWith(call(contextOf()), { code: "rate_limited" });
    assert.ok(await call(contextOf(), { owner: "bob" }));
    assert.equal(parked.size, 3);
  });
});

Deno.test("workAsking() ends the call of a client that leaves while nothing is asked of it", async () => {
  const leave = new AbortController();
  const begun = Promise.withResolvers<AbortSignal>();
  const call = workAsking({}, contextOf({ signal: leave.signal }), {
    host: { server: {} as Server, owner: "ann", connection: "", parked: new ParkedCalls() },
    listener: undefined,
    work(_client, signal) {
      begun.resolve(signal);
      return new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason))
      );
    },
  });
  await begun.promise;
  leave.abort(new Error("gone"));
  await assert.rejects(call, /gone/);
});

Deno.test("workAsking() asks nobody whose client says nothing of it", async () => {
  const envelope = { "io.modelcontextprotocol/clientCapabilities": { roots: {} } };
  const result = await workAsking({}, contextOf({ envelope }), {
    host: { server: {} as Server, owner: "ann", connection: "", parked: new ParkedCalls() },
    listener: undefined,
    work: (client) => Promise.resolve(client === undefined),
  });
  assert.equal(result, true);
});

Deno.test("abilities survive capabilities and ids of sessions", () => {
  for (let bits = 0; bits < 2 ** MCP_ABILITIES.length; bits++) {
    const chosen = MCP_ABILITIES.filter((_, at) => (bits >> at) & 1);
    // What goes with sampling is nothing without it.
    const isWhole = chosen.includes("sampling") ||
      !chosen.some((one: McpAbility) => one === "tools" || one === "context");
    if (isWhole) assert.deepEqual(abilitiesOf(capabilitiesOf(chosen)), chosen);
    assert.deepEqual(sessionAbilities(newSessionId(chosen)), chosen);
  }
  assert.deepEqual(abilitiesOf({ elicitation: {} }), ["form"]);
  for (const odd of [null, [], "form", { elicitation: true, sampling: [] }]) {
    assert.deepEqual(abilitiesOf(odd), []);
  }
  assert.deepEqual(sessionAbilities("of.somebody"), []);
});
