import assert from "node:assert/strict";
import { keyCaller } from "../../tests/support/callers.ts";
import { failsWith } from "../../tests/support/fails_with.ts";
import type { McpChange, McpChanges } from "../../spec/mcp_changes.ts";
import { MAX_WATCHED } from "../changes/follow_changes.ts";
import { listenBus } from "../changes/listen_bus.ts";
import { SessionQuestions } from "./session_questions.ts";
import { SessionStreams, STREAM_BOUNDS } from "./session_streams.ts";

const AUDIENCE = { caller: keyCaller(), collectionId: "col_1" };
const KEY = { owner: "ann", sessionId: "s1" };

/** Changes that tests make up. */
class FakeChanges implements McpChanges {
  readonly tellers = new Set<(change: McpChange) => void>();
  readonly watched: string[] = [];

  follow(_audience: typeof AUDIENCE, tell: (change: McpChange) => void): Disposable {
    this.tellers.add(tell);
    return { [Symbol.dispose]: () => void this.tellers.delete(tell) };
  }

  watch(_audience: typeof AUDIENCE, uri: string): Promise<Disposable> {
    this.watched.push(uri);
    return Promise.resolve({
      [Symbol.dispose]: () => void this.watched.splice(this.watched.indexOf(uri), 1),
    });
  }

  tell(change: McpChange): void {
    for (const tell of this.tellers) tell(change);
  }
}

Deno.test("SessionStreams tell a session what it watches, and hold nothing after it", async () => {
  const changes = new FakeChanges();
  using streams = new SessionStreams(changes, { ...STREAM_BOUNDS, maxStreamsPerOwner: 1 });
  const audience = AUDIENCE;
  await streams.watch(KEY, { audience, uri: "x://1" });
  assert.deepEqual(changes.watched, [], "nobody is told yet");
  const opened = streams.open(KEY, audience);
  const reader = opened!.body!.pipeThrough(new TextDecoderStream()).getReader();
  await Promise.resolve();
  changes.tell({ kind: "resource", uri: "x://2" });
  changes.tell({ kind: "resource", uri: "x://1" });
  changes.tell({ kind: "prompts" });
  let text = "";
  while (!text.includes("prompts/list_changed")) text += (await reader.read()).value;
  assert.match(text, /resources\/updated.*x:\/\/1/);
  assert.ok(!text.includes("x://2"));
  assert.equal(streams.open({ owner: "ann", sessionId: "s2" }, audience), null, "its share");
  streams.unwatch(KEY, "x://1");
  await Promise.resolve();
  assert.deepEqual(changes.watched, []);
  for (let at = 0; at < MAX_WATCHED; at++) {
    await streams.watch(KEY, { audience, uri: `y://${at}` });
  }
  const more = streams.watch(KEY, { audience, uri: "y://more" });
  await failsWith(more, { code: "resource_limit" });
  streams.end(KEY);
  while (changes.watched.length > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.deepEqual([streams.size, changes.tellers.size], [0, 0]);
});

Deno.test("listenBus() hears of its own audience's changes until it is left", async () => {
  const changes = new FakeChanges();
  const body = { params: { notifications: { resourceSubscriptions: ["x://1", 7] } } };
  const heard: string[] = [];
  const leave = listenBus(changes, { audience: AUDIENCE, body })
    .subscribe((event) => void heard.push(event.kind));
  assert.deepEqual(changes.watched, ["x://1"]);
  changes.tell({ kind: "tools" });
  changes.tell({ kind: "resource", uri: "x://1" });
  assert.deepEqual(heard, ["tools_list_changed", "resource_updated"]);
  leave();
  while (changes.watched.length > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal(changes.tellers.size, 0);
});

Deno.test("SessionQuestions take an answer from the session that was asked, and no other", async () => {
  const questions = new SessionQuestions();
  const leave = new AbortController();
  const ask = (signal = new AbortController().signal) => {
    const sent = Promise.withResolvers<string>();
    const answered = questions.ask(KEY, { method: "elicitation/create", params: {} }, {
      ...{ signal, send: ({ id }) => Promise.resolve(sent.resolve(id)) },
    });
    return { answered, sent: sent.promise };
  };
  const { answered, sent } = ask();
  const id = await sent;
  const forged = { id, result: { action: "accept", content: { forged: true } } };
  questions.answer({ owner: "eve", sessionId: "s1" }, forged);
  questions.answer({ owner: "ann", sessionId: "s2" }, forged);
  questions.answer(KEY, { ...forged, id: "made up" });
  questions.answer(KEY, { id, result: { action: "decline" } });
  assert.deepEqual(await answered, { action: "decline" });
  const refused = ask();
  questions.answer(KEY, { id: await refused.sent, error: { message: "no" } });
  await failsWith(refused.answered, { code: "upstream_failed" });
  const left = ask(leave.signal);
  leave.abort(new Error("gone"));
  await assert.rejects(left.answered, /gone/);
  assert.equal(questions.size, 0);
});
