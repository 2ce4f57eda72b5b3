import assert from "node:assert/strict";
import type { Rule } from "./rule.ts";
import { answerOf, observe } from "./conformance_bench.ts";
import { countedBody, ScriptedEgress } from "./scripted_egress.ts";

const BODY_BYTES = 50_000_000;
/** What may be under way at once: both windows, pipe buffers, pieces in hand. */
const UNDER_WAY_BYTES = 2_000_000;

/** Bodies are streamed both ways, never gathered. */
export const streamRules: Readonly<Record<string, Rule>> = {
  "a large answer streams through while little of it is held": async (bench) => {
    const sandbox = await bench.load(`
      export async function read() {
        const response = await fetch("https://a.example/big");
        let bytes = 0, mark = 0, wrong = 0;
        for await (const piece of response.body) {
          bytes += piece.length;
          if (piece[0] !== 7 || piece[piece.length - 1] !== 7) wrong++;
          if (bytes - mark > 2_000_000) { mark = bytes; console.log(String(bytes)); }
        }
        return [bytes, wrong];
      }`);
    const { body, state } = countedBody(BODY_BYTES);
    const egress = new ScriptedEgress(() => Promise.resolve({ body }));
    let mostBytes = 0;
    const { report, logs } = observe(sandbox, "read", {
      egress,
      onLog: ({ message }) => mostBytes = Math.max(mostBytes, state.madeBytes - Number(message)),
    });
    assert.deepEqual((await report).output, [BODY_BYTES, 0]);
    assert.equal(state.madeBytes, BODY_BYTES);
    assert.ok(logs.length > 10 && mostBytes < UNDER_WAY_BYTES, `${mostBytes} bytes under way`);
  },

  "an answer that nobody reads is not pulled": async (bench) => {
    const sandbox = await bench.load(`
      let held;
      export async function open() {
        held = await fetch("https://a.example/big");
        await new Promise((resolve) => setTimeout(resolve, 400));
        return held.status;
      }`);
    const { body, state } = countedBody(BODY_BYTES);
    const egress = new ScriptedEgress(() => Promise.resolve({ body }));
    assert.equal(await answerOf(sandbox, "open", { egress }), 200);
    assert.ok(state.madeBytes < UNDER_WAY_BYTES, `${state.madeBytes} bytes pulled`);
  },

  "a large upload streams through, as fast as it is read": async (bench) => {
    const sandbox = await bench.load(`
      let madeBytes = 0;
      export async function send() {
        const body = new ReadableStream({ pull(controller) {
          if (madeBytes >= ${BODY_BYTES}) return controller.close();
          const piece = new Uint8Array(Math.min(65536, ${BODY_BYTES} - madeBytes)).fill(9);
          madeBytes += piece.length;
          controller.enqueue(piece);
        } }, { highWaterMark: 0 });
        const response = await fetch("https://a.example/", { method: "POST", body, duplex: "half" });
        return [response.status, madeBytes];
      }`);
    let readBytes = 0;
    let wrong = 0;
    const egress = new ScriptedEgress(async ({ body }) => {
      for await (const piece of body!) {
        readBytes += piece.length;
        if (piece[0] !== 9) wrong++;
      }
      return {};
    });
    assert.deepEqual(await answerOf(sandbox, "send", { egress }), [200, BODY_BYTES]);
    assert.deepEqual([readBytes, wrong], [BODY_BYTES, 0]);
  },

  "an upload that nobody reads is not made": async (bench) => {
    const sandbox = await bench.load(`
      export async function send() {
        let madeBytes = 0;
        const body = new ReadableStream({ pull(controller) {
          madeBytes += 65536;
          controller.enqueue(new Uint8Array(65536));
        } }, { highWaterMark: 0 });
        const response = await fetch("https://a.example/", { method: "POST", body, duplex: "half" });
        return madeBytes;
      }`);
    const egress = new ScriptedEgress(() =>
      new Promise((resolve) => setTimeout(() => resolve({ status: 204 }), 400))
    );
    const made = Number(await answerOf(sandbox, "send", { egress }));
    assert.ok(made < UNDER_WAY_BYTES, `${made} bytes made`);
  },

  "giving up in the middle of an answer stops it at its source": async (bench) => {
    const sandbox = await bench.load(`
      export async function abort() {
        const controller = new AbortController();
        const response = await fetch("https://a.example/", { signal: controller.signal });
        const reader = response.body.getReader();
        await reader.read();
        controller.abort();
        return await reader.read().then(() => "read", (error) => error.name);
      }
      export async function cancel() {
        const response = await fetch("https://a.example/");
        const reader = response.body.getReader();
        await reader.read();
        await reader.cancel();
        return "cancelled";
      }`);
    for (const [name, expected] of [["abort", "AbortError"], ["cancel", "cancelled"]] as const) {
      const { body, state } = countedBody(BODY_BYTES);
      const egress = new ScriptedEgress(() => Promise.resolve({ body }));
      assert.equal(await answerOf(sandbox, name, { egress }), expected);
      // The sandbox answers a later call only after it has read what was sent before.
      await answerOf(sandbox, name, {
        egress: new ScriptedEgress(() => Promise.resolve({ body: countedBody(100).body })),
      }).catch(() => {});
      assert.equal(state.cancelled, true, name);
      assert.equal(egress.signals[0]?.aborted, true, name);
      assert.ok(state.madeBytes < UNDER_WAY_BYTES, `${state.madeBytes} bytes pulled`);
    }
  },

  "an answer that breaks off breaks off for the tool": async (bench) => {
    const sandbox = await bench.load(`
      export const read = () => fetch("https://a.example/").then((response) => response.text())
        .then((text) => "all " + text.length, (error) => "broken");`);
    const egress = new ScriptedEgress(() =>
      Promise.resolve({
        body: new ReadableStream<Uint8Array>({
          start: (controller) => controller.enqueue(new Uint8Array(10)),
          pull: (controller) => controller.error(new Error("connection lost")),
        }, { highWaterMark: 1 }),
      })
    );
    assert.equal(await answerOf(sandbox, "read", { egress }), "broken");
  },
};
