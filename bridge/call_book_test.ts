import assert from "node:assert/strict";
import type { CallHow } from "./answer.ts";
import { CallBook } from "./call_book.ts";
import { CallRefusal } from "./call_refusal.ts";
import type { BridgeMessage, GatewayMessage, MessageOf } from "./protocol.ts";

type ToolCall = MessageOf<GatewayMessage, "tool_call">;

function toolCall(more: Partial<ToolCall> = {}): ToolCall {
  return {
    ...{ type: "tool_call", callId: crypto.randomUUID(), serverId: "files", toolName: "read" },
    ...{ args: {}, deadlineMs: 1_000, caller: { kind: "key", id: "key_a" }, ...more },
  };
}

function book(call: (call: CallHow) => Promise<object> = () => Promise.resolve({})) {
  const sent: BridgeMessage[] = [];
  const begun: CallHow[] = [];
  const calls = new CallBook({
    find: ({ serverId }) => {
      if (serverId !== "files") throw new CallRefusal("tool_not_found", "no such server");
      return async (one) => {
        begun.push(one);
        return { ...await call(one) };
      };
    },
    send: (text) => sent.push(JSON.parse(text)),
    onCall: () => {},
    onEnd: () => {},
  });
  return { calls, sent, begun };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

Deno.test("CallBook begins no call twice, and keeps its end until it was heard of", async () => {
  const { calls, sent, begun } = book(() => Promise.resolve({ content: [] }));
  const call = toolCall();
  for (let time = 0; time < 3; time++) calls.take(call);
  await settled();
  calls.take(call);
  await settled();
  assert.equal(begun.length, 1);
  assert.equal(sent.length, 1);
  assert.deepEqual(calls.known(), [call.callId]);
  calls.resend();
  assert.deepEqual(sent[1], sent[0]);
  calls.take({ type: "received", callId: call.callId });
  calls.resend();
  calls.take(call);
  await settled();
  assert.deepEqual([sent.length, begun.length, calls.known()], [2, 1, []]);
});

Deno.test("CallBook runs what this machine has, and answers everything else", async () => {
  const { calls, sent, begun } = book();
  calls.take(toolCall({ serverId: "shell" }));
  await settled();
  assert.equal(begun.length, 0);
  assert.deepEqual(sent.map((one) => one.type === "tool_error" && one.code), ["tool_not_found"]);
});

Deno.test("CallBook runs so many calls at a time, whatever is asked for", async () => {
  const { calls, sent, begun } = book(() => new Promise(() => {}));
  for (let at = 0; at < 100; at++) calls.take(toolCall());
  await settled();
  assert.equal(begun.length, 64);
  assert.equal(sent.length, 36);
  assert.ok(sent.every((one) => one.type === "tool_error" && one.code === "busy"));
  calls.endAll(new CallRefusal("cancelled", "stopped"));
  assert.equal(sent.length, 100);
  assert.ok(begun.every(({ signal }) => signal.aborted));
});

Deno.test("CallBook tells nothing of calls that were taken back or forgotten", async () => {
  const gates: PromiseWithResolvers<object>[] = [];
  const { calls, sent, begun } = book(() => {
    const gate = Promise.withResolvers<object>();
    gates.push(gate);
    return gate.promise;
  });
  const [taken, forgotten] = [toolCall(), toolCall()];
  calls.take(taken);
  calls.take(forgotten);
  calls.take({ type: "cancel", callId: taken.callId });
  assert.deepEqual(begun.map(({ signal }) => signal.aborted), [true, false]);
  calls.forget();
  assert.deepEqual(begun.map(({ signal }) => signal.aborted), [true, true]);
  for (const gate of gates) gate.resolve({ content: [] });
  await settled();
  assert.deepEqual([sent, calls.known(), calls.running], [[], [], 0]);
});

Deno.test("CallBook answers with an error where a result is too large or no JSON", async () => {
  const text = "x".repeat(33 * 1024 * 1024);
  const { calls, sent } = book(() => Promise.resolve({ text }));
  calls.take(toolCall());
  await settled();
  const circular: { self?: object } = {};
  circular.self = circular;
  const other = book(() => Promise.resolve(circular));
  other.calls.take(toolCall());
  await settled();
  const codes = [...sent, ...other.sent].map((one) => one.type === "tool_error" && one.code);
  assert.deepEqual(codes, ["too_large", "failed"]);
});

Deno.test("CallBook says so many words of progress and no more", async () => {
  const { calls, sent } = book((call) => {
    for (let at = 0; at < 2_000; at++) call.onProgress("x".repeat(5_000));
    return Promise.resolve({});
  });
  calls.take(toolCall());
  await settled();
  const said = sent.filter((one) => one.type === "progress");
  assert.equal(said.length, 500);
  assert.ok(said.every((one) => one.type === "progress" && one.message.length <= 2_000));
});
