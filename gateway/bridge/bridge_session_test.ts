import assert from "node:assert/strict";
import type { GatewayMessage, MessageOf } from "../../bridge/protocol.ts";
import { AirlockError } from "../../spec/errors.ts";
import { keyCaller } from "../../tests/support/callers.ts";
import { failsWith } from "../../tests/support/fails_with.ts";
import { BRIDGE_LIMITS, type BridgeLimits } from "./bridge_limits.ts";
import type { BridgeCall } from "./bridge_routes.ts";
import { bridgeFailure, NOT_CONNECTED } from "./bridge_errors.ts";
import { bridgeResult } from "./bridge_result.ts";
import { BridgeSession } from "./bridge_session.ts";

const CALLER = keyCaller({ tier: "ENTERPRISE" });

function open(limits: Partial<BridgeLimits> = {}) {
  const over: string[] = [];
  const session = new BridgeSession({
    limits: { ...BRIDGE_LIMITS, ...limits },
    nowMs: () => 1_000,
    onOver: () => over.push("over"),
  });
  const sent: GatewayMessage[] = [];
  const attach = (had: readonly string[] = []) =>
    session.attach((message) => sent.push(message), had);
  const call = (more: Partial<BridgeCall> = {}) =>
    session.call({
      ...{ caller: CALLER, serverId: "files", toolName: "read", args: {} },
      ...{ signal: new AbortController().signal, onProgress: () => {}, ...more },
    });
  const asked = () =>
    sent.filter((one): one is MessageOf<GatewayMessage, "tool_call"> => one.type === "tool_call")
      .map(({ callId }) => callId);
  return { session, sent, attach, call, asked, over };
}

const RESULT = { content: [{ type: "text", text: "x" }] } as const;

Deno.test("BridgeSession ends each call once, with the first word that comes", async () => {
  const { session, sent, attach, call, asked } = open();
  const refused = await failsWith(call(), { code: "bridge_disconnected" });
  assert.equal(refused.message, NOT_CONNECTED);
  attach();
  const done = call();
  const [callId = ""] = asked();
  assert.equal(session.answer({ type: "tool_result", callId, result: RESULT }), true);
  assert.deepEqual(await done, RESULT);
  // With the next call, or a moment later.
  assert.equal(sent.at(-1)?.type, "tool_call");
  const next = failsWith(call(), { code: "bridge_disconnected" });
  assert.deepEqual(sent.at(-2), { type: "received", callId });
  // Once more is what a drop may bring; after that nobody asked.
  const again = () => session.answer({ type: "tool_result", callId, result: RESULT });
  assert.deepEqual([again(), again(), again()], [true, false, false]);
  assert.equal(session.running, 1);
  session.end();
  await next;
});

Deno.test("BridgeSession takes no answer to what it did not ask", () => {
  const { session, attach } = open();
  attach();
  const callId = crypto.randomUUID();
  assert.equal(session.answer({ type: "tool_result", callId, result: RESULT }), false);
  assert.equal(session.answer({ type: "progress", callId, message: "x" }), false);
  session.end();
});

Deno.test("BridgeSession goes on after a drop, and sends again what never came", async () => {
  const { session, sent, attach, call, asked } = open();
  attach();
  const [came, lost] = [call(), call()];
  const [first = "", second = ""] = asked();
  session.detach();
  const meanwhile = call();
  sent.length = 0;
  const unknown = crypto.randomUUID();
  attach([first, unknown]);
  const [again, third = ""] = asked();
  assert.equal(again, second);
  assert.deepEqual(sent.filter(({ type }) => type === "cancel"), [
    { type: "cancel", callId: unknown },
  ]);
  for (const callId of [first, second, third]) {
    session.answer({ type: "tool_result", callId, result: RESULT });
  }
  assert.deepEqual(await Promise.all([came, lost, meanwhile]), [RESULT, RESULT, RESULT]);
  session.end();
});

Deno.test("BridgeSession waits so long for its bridge, and says what may have run", async () => {
  const { session, attach, call, over } = open({ resumeMs: 20 });
  attach();
  const sent = call();
  session.detach();
  const unsent = call();
  assert.equal(
    (await failsWith(sent, { code: "bridge_disconnected" })).details["mayHaveRun"],
    true,
  );
  assert.equal((await failsWith(unsent, { code: "bridge_disconnected" })).message, NOT_CONNECTED);
  assert.deepEqual(over, ["over"]);
  await failsWith(call(), { code: "bridge_disconnected" });
});

Deno.test("BridgeSession ends calls that take too long, are taken back or stopped", async () => {
  const { sent, attach, call } = open({ callTimeoutMs: 20 });
  attach();
  await failsWith(call(), { code: "deadline_exceeded" });
  const stop = new AbortController();
  const stopped = call({ signal: stop.signal });
  stop.abort(new AirlockError("shutting_down", "stop", { stage: "execute", suggestion: "Wait." }));
  await failsWith(stopped, { code: "shutting_down" });
  assert.equal(sent.filter(({ type }) => type === "cancel").length, 2);
});

Deno.test("BridgeSession asks for resources by the rules of calls", async () => {
  const { session, sent, attach } = open();
  const request = { method: "resources/read", params: { uri: "x://1" } } as const;
  const stop = new AbortController();
  const ask = () =>
    session.ask({ caller: CALLER, serverId: "files", request, signal: stop.signal });
  assert.equal((await failsWith(ask(), { code: "bridge_disconnected" })).message, NOT_CONNECTED);
  attach();
  const asked = [ask(), ask(), ask()];
  const [first = "", second = ""] = sent.filter((one) => one.type === "library_call")
    .map(({ callId }) => callId);
  const result = { contents: [{ uri: "x://1", text: "a" }] };
  session.answer({ type: "tool_result", callId: first, result });
  assert.deepEqual(await asked[0], result);
  session.answer({ type: "tool_error", callId: second, code: "not_offered", message: "no" });
  await failsWith(asked[1] ?? ask(), { code: "not_found" });
  stop.abort();
  await failsWith(asked[2] ?? ask(), { code: "bridge_disconnected" });
  assert.deepEqual(sent.filter(({ type }) => type === "cancel").length, 1);
  assert.equal(session.running, 0);
  session.end();
});

Deno.test("BridgeSession lets through so many calls a minute and at a time", async () => {
  const { attach, call, session } = open({
    callsPerMinute: { FREE: 2, PRO: 2, ENTERPRISE: 3 },
    maxRunning: 2,
  });
  attach();
  const running = [call(), call()];
  await failsWith(call(), { code: "rate_limited" });
  const limited = await failsWith(call(), { code: "rate_limited" });
  assert.ok((limited.retryAfterMs ?? 0) > 1_000);
  session.end();
  for (const one of running) await failsWith(one, { code: "bridge_disconnected" });
});

Deno.test("bridgeResult() passes on what MCP has, and nothing else", () => {
  const image = { type: "image", data: "AAAA", mimeType: "image/png" } as const;
  assert.deepEqual(
    bridgeResult({ content: [{ ...image, more: 1 }], structuredContent: { a: 1 }, extra: true }),
    { content: [image], structuredContent: { a: 1 } },
  );
  for (const wrong of [{ content: "x" }, { content: [{ type: "html" }] }, { content: [null] }]) {
    assert.throws(() => bridgeResult(wrong), { code: "upstream_failed" });
  }
});

Deno.test("bridgeFailure() makes plain words of what a machine says", () => {
  const { code, message } = bridgeFailure("not_allowed", "no\x1b[31m\nway. ");
  assert.deepEqual([code, message], ["permission_denied", "call bridge: no [31m way"]);
  assert.ok(bridgeFailure("failed", "x".repeat(10_000)).message.length < 600);
});
