import assert from "node:assert/strict";
import type { McpAsking } from "../../spec/mcp_asking.ts";
import { EarlyCall } from "./early_call.ts";

const ASKED = { abilities: ["form"], asker: "a", isMany: false } as const;
const QUESTION = { method: "elicitation/create", params: { message: "Which?" } } as const;
const RESULT = { content: [{ type: "text" as const, text: "done" }] };

Deno.test("EarlyCall goes on with whoever attends to it, and loses nothing", async () => {
  const call = new EarlyCall(ASKED, async ({ client, signal, onLog, onProgress }) => {
    onLog({ level: "info", message: "first", atMs: 0 });
    onProgress("second");
    const answer = await client!.ask(QUESTION, signal);
    onProgress(String(answer["action"]));
    return { result: RESULT, outputSchema: null };
  });
  assert.equal(await call.outcome, "more");
  const told: string[] = [];
  const client: McpAsking = {
    ...ASKED,
    ask: ({ params }) => Promise.resolve({ action: `said ${params["message"]}` }),
  };
  const { result } = await call.attend({
    ...{ client, signal: new AbortController().signal },
    listener: () => ({
      onLog: ({ message }) => void told.push(message),
      onProgress: (message) => void told.push(message),
    }),
  });
  assert.deepEqual([result, told], [RESULT, ["first", "second", "said Which?"]]);
});

Deno.test("EarlyCall ends with whoever waits for it, asking or not", async () => {
  for (const isAttended of [false, true]) {
    const ended = Promise.withResolvers<unknown>();
    const call = new EarlyCall(ASKED, async ({ client, signal }) => {
      signal.addEventListener("abort", () => ended.resolve(signal.reason));
      await client!.ask(QUESTION, signal);
      return { result: RESULT, outputSchema: null };
    });
    const stop = new AbortController();
    if (isAttended) {
      const ask: McpAsking["ask"] = (_question, signal) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      const listener = () => ({ onLog() {}, onProgress() {} });
      const attended = call.attend({ client: { ...ASKED, ask }, signal: stop.signal, listener });
      stop.abort("gone");
      await assert.rejects(attended, (reason) => reason === "gone");
    } else call.leave("gone");
    assert.equal(await ended.promise, "gone");
  }
});
