import assert from "node:assert/strict";
import type { Rule } from "./rule.ts";
import { answerOf, observe } from "./conformance_bench.ts";

/** Streams, logs and the environment: what a tool puts out and what it sees. */
export const outputRules: Readonly<Record<string, Rule>> = {
  "items of a generator come in order and before the result": async (bench) => {
    const sandbox = await bench.load(`
      export async function* count() { for (let n = 0; n < 50; n++) { yield { n }; await null; } }
      export function* words() { yield "a"; yield "b"; }`);
    const count = observe(sandbox, "count");
    const { output } = await count.report;
    const expected = Array.from({ length: 50 }, (_, n) => ({ n }));
    assert.deepEqual(count.chunks, expected);
    assert.deepEqual(output, expected);
    const words = observe(sandbox, "words");
    assert.equal((await words.report).output, "ab");
    assert.deepEqual(words.chunks, ["a", "b"]);
  },

  "a readable stream and an AI SDK generator are read to their end": async (bench) => {
    const sandbox = await bench.load(`
      export const stream = () => new ReadableStream({
        start(c) { c.enqueue("one "); c.enqueue("two"); c.close(); } });
      export const staged = { description: "", inputSchema: { jsonSchema: {} },
        async *execute() { yield { state: "loading" }; yield { state: "done" }; } };`);
    const stream = observe(sandbox, "stream");
    assert.equal((await stream.report).output, "one two");
    assert.deepEqual(stream.chunks, ["one ", "two"]);
    const staged = observe(sandbox, "staged");
    assert.deepEqual((await staged.report).output, { state: "done" });
    assert.deepEqual(staged.chunks, [{ state: "loading" }, { state: "done" }]);
  },

  "log lines keep their order, level and text": async (bench) => {
    const sandbox = await bench.load(`
      export async function talk() {
        console.debug("d", 1); console.log("i %s", "x"); console.info({ a: 1 });
        await null; console.warn("w"); console.error("e\\nf");
      }`);
    const { report, logs } = observe(sandbox, "talk");
    const { droppedLogBytes } = await report;
    assert.deepEqual(logs.map(({ level, message }) => [level, message]), [
      ["debug", "d 1"],
      ["info", "i x"],
      ["info", "{ a: 1 }"],
      ["warn", "w"],
      ["error", "e\nf"],
    ]);
    assert.equal(droppedLogBytes, 0);
    assert.ok(logs.every(({ atMs }) => atMs >= 0));
    const times = logs.map(({ atMs }) => atMs);
    assert.deepEqual(times, times.toSorted((one, other) => one - other));
  },

  "text written past the console arrives as stdout and stderr": async (bench) => {
    const sandbox = await bench.load(`
      import process from "node:process";
      export async function raw() {
        process.stdout.write("out é\\n");
        process.stderr.write("err\\n");
        Deno.stdout.writeSync(new Uint8Array([0, 255, 10]));
        await new Promise((resolve) => setTimeout(resolve, 300));
        return "done";
      }`);
    const { report, logs } = observe(sandbox, "raw");
    assert.equal((await report).output, "done");
    const text = (level: string) =>
      logs.filter((entry) => entry.level === level).map(({ message }) => message).join("");
    assert.equal(text("stdout"), "out é\n\u0000\ufffd\n");
    assert.equal(text("stderr"), "err\n");
  },

  "values of env are seen, and nothing else": async (bench) => {
    const sandbox = await bench.load(
      `
      import process from "node:process";
      import { env } from "node:process";
      export const see = () => [process.env.API_KEY, env.API_KEY, Deno.env.get("API_KEY"),
        Object.keys(process.env), Deno.env.toObject()];`,
      { env: { API_KEY: "k-é" } },
    );
    assert.deepEqual(await answerOf(sandbox, "see"), [
      "k-é",
      "k-é",
      "k-é",
      ["API_KEY"],
      { API_KEY: "k-é" },
    ]);
  },

  "writing to the environment stays inside": async (bench) => {
    const source = `
      import process from "node:process";
      export function write() {
        process.env.LEFT = 5; Deno.env.set("BEHIND", "b"); delete process.env.GIVEN;
        return [process.env.LEFT, process.env.BEHIND, process.env.GIVEN ?? null];
      }
      export const see = () => Object.entries(process.env).sort();`;
    const writer = await bench.load(source, { env: { GIVEN: "g" } });
    assert.deepEqual(await answerOf(writer, "write"), ["5", "b", null]);
    const other = await bench.load(source, { env: { GIVEN: "g" } });
    assert.deepEqual(await answerOf(other, "see"), [["GIVEN", "g"]]);
    assert.equal(Deno.env.get("LEFT"), undefined);
    assert.equal(Deno.env.get("BEHIND"), undefined);
  },
};
