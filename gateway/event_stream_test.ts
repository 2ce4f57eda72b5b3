import assert from "node:assert/strict";
import { type EventSender, eventStream } from "./event_stream.ts";

const QUIET_MS = 600_000;

function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream).text();
}

Deno.test("eventStream() sends events in order and ends when the work is done", async () => {
  const stream = eventStream(async (sender) => {
    sender.send("log", { message: "one\ntwo" });
    await Promise.resolve();
    sender.send("result", null);
  }, { heartbeatMs: QUIET_MS, onGone: () => assert.fail("nobody went") });
  assert.equal(
    await textOf(stream),
    ': open\n\nevent: log\ndata: {"message":"one\\ntwo"}\n\nevent: result\ndata: null\n\n',
  );
});

Deno.test("eventStream() says something before there is anything to say", async () => {
  const work = Promise.withResolvers<void>();
  const stream = eventStream(() => work.promise, { heartbeatMs: QUIET_MS, onGone() {} });
  const reader = stream.getReader();
  const { value } = await reader.read();
  assert.equal(new TextDecoder().decode(value), ": open\n\n");
  work.resolve();
  assert.equal((await reader.read()).done, true);
});

Deno.test("eventStream() keeps a silent connection alive until its end", async () => {
  const work = Promise.withResolvers<void>();
  const stream = eventStream(() => work.promise, { heartbeatMs: 2, onGone() {} });
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of stream) {
    text += decoder.decode(part);
    if (text.split(": alive\n\n").length > 3) work.resolve();
  }
  assert.match(text, /^: open\n\n(: alive\n\n){3,}$/);
});

Deno.test("eventStream() tells once that its listener went, and drops what comes after", async () => {
  const work = Promise.withResolvers<EventSender>();
  const finish = Promise.withResolvers<void>();
  let gone = 0;
  const stream = eventStream((sender) => {
    work.resolve(sender);
    return finish.promise;
  }, { heartbeatMs: 1, onGone: () => gone++ });
  const sender = await work.promise;
  await stream.cancel();
  assert.equal(gone, 1);
  sender.send("late", {});
  finish.resolve();
  await finish.promise;
  sender.send("later", {});
  assert.equal(gone, 1);
});

Deno.test("eventStream() aborts when the work fails, so that no listener takes it for the end", async () => {
  const bug = new TypeError("bug");
  const stream = eventStream((sender) => {
    sender.send("log", 1);
    return Promise.reject(bug);
  }, { heartbeatMs: 1, onGone: () => assert.fail("nobody went") });
  await assert.rejects(textOf(stream), bug);
});

Deno.test("eventStream() lets work fail for nobody once the listener went", async () => {
  const finish = Promise.withResolvers<void>();
  const stream = eventStream(() => finish.promise, { heartbeatMs: QUIET_MS, onGone() {} });
  await stream.cancel();
  finish.reject(new Error("too late"));
  await assert.rejects(finish.promise);
});
