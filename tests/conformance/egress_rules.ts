import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import type { Rule } from "./rule.ts";
import { answerOf, failureOf, observe } from "./conformance_bench.ts";
import { ScriptedEgress } from "./scripted_egress.ts";

/** The network: only through the call's own way out, only while the call runs. */
export const egressRules: Readonly<Record<string, Rule>> = {
  "a request reaches the egress port whole, and its answer the tool": async (bench) => {
    const sandbox = await bench.load(`
      export async function post() {
        const response = await fetch("https://api.example.com/a?b=c", {
          method: "PUT", headers: { "x-key": "k" }, body: JSON.stringify({ é: 1 }) });
        return [response.status, response.statusText, response.headers.get("x-back"), response.url,
          response.redirected, await response.json()];
      }`);
    let sent = "";
    const egress = new ScriptedEgress(async (request) => {
      sent = await new Response(bytes(request.body)).text();
      return {
        status: 201,
        statusText: "Made",
        headers: [["x-back", "b"], ["content-type", "application/json"]],
        url: "https://api.example.com/final",
        redirected: true,
        body: new Blob([`{"ok":true}`]).stream(),
      };
    });
    assert.deepEqual(await answerOf(sandbox, "post", { egress }), [
      201,
      "Made",
      "b",
      "https://api.example.com/final",
      true,
      { ok: true },
    ]);
    const [request] = egress.requests;
    assert.deepEqual([request?.method, request?.url], ["PUT", "https://api.example.com/a?b=c"]);
    const headers = new Map(request?.headers.map(([name, value]) => [name.toLowerCase(), value]));
    assert.equal(headers.get("x-key"), "k");
    assert.equal(sent, `{"é":1}`);
  },

  "a refusal is a TypeError that names the grant": async (bench) => {
    const sandbox = await bench.load(`
      export const ask = () => fetch("https://api.example.com/").then(() => "sent",
        (error) => [error instanceof TypeError, error.message]);
      export const fail = () => fetch("https://api.example.com/");`);
    const egress = new ScriptedEgress(() =>
      Promise.reject(
        new AirlockError("permission_denied", "Requesting api.example.com: not granted", {
          suggestion: "Grant net: api.example.com",
        }),
      )
    );
    const [isTypeError, message] = await answerOf(sandbox, "ask", { egress }) as [boolean, string];
    assert.equal(isTypeError, true);
    assert.match(message, /not granted/);
    assert.match(message, /Grant net: api\.example\.com/);
    const failure = await failureOf(observe(sandbox, "fail", { egress }).report);
    assert.deepEqual([failure.code, failure.suggestion], [
      "tool_error",
      "Grant net: api.example.com",
    ]);
  },

  "an egress port that fails says nothing of the inside": async (bench) => {
    const sandbox = await bench.load(`
      export const ask = () => fetch("https://a.example/").catch((error) => error.message);`);
    const egress = new ScriptedEgress(() => Promise.reject(new Error("secret at /etc/inside")));
    const message = await answerOf(sandbox, "ask", { egress });
    assert.doesNotMatch(String(message), /secret|inside/);
  },

  "an address or headers beyond all measure are refused, and nothing else ends": async (bench) => {
    const sandbox = await bench.load(`
      const asked = (init, length = 0) => fetch("https://a.example/" + "x".repeat(length), init)
        .then(() => "sent", (error) => [error instanceof TypeError, error.message]);
      export const ask = async () => [
        await asked({}, 5_000_000),
        await asked({ headers: { big: "h".repeat(2_000_000) } }),
        await asked({}, 10_000),
      ];`);
    const egress = new ScriptedEgress(() => Promise.resolve({}));
    const answers = await answerOf(sandbox, "ask", { egress });
    assert.ok(Array.isArray(answers));
    for (const answer of answers.slice(0, 2)) {
      assert.ok(Array.isArray(answer));
      assert.equal(answer[0], true);
      assert.match(String(answer[1]), /more than 65536 characters/);
    }
    assert.equal(answers[2], "sent");
    assert.equal(egress.requests.length, 1);
  },

  "a request at load is refused": async (bench) => {
    const sandbox = await bench.load(`
      const early = await fetch("https://a.example/").then(() => "sent", (error) => error.message);
      export const get = () => early;`);
    assert.match(String(await answerOf(sandbox, "get")), /no call is running/);
  },

  "a request after the call has ended is refused": async (bench) => {
    for (const overlapping of [false, true]) {
      const sandbox = await bench.load(
        `
        let late = null;
        export function start() {
          late = new Promise((resolve) => setTimeout(resolve, 60))
            .then(() => fetch("https://a.example/")).then(() => "sent", (error) => error.message);
          return 1;
        }
        export const get = () => late;`,
        { overlapping },
      );
      const egress = new ScriptedEgress(() => Promise.resolve({}));
      assert.equal(await answerOf(sandbox, "start", { egress }), 1);
      await new Promise((resolve) => setTimeout(resolve, 400));
      assert.match(String(await answerOf(sandbox, "get")), /no call is running/);
      assert.deepEqual(egress.requests, []);
    }
  },

  "each overlapping call requests through its own port": async (bench) => {
    const sandbox = await bench.load(
      `export async function ask({ n, ms }) {
        await new Promise((resolve) => setTimeout(resolve, ms));
        return await (await fetch("https://a.example/" + n)).text();
      }`,
      { overlapping: true },
    );
    const calls = [0, 1, 2, 3].map((n) => {
      const egress = new ScriptedEgress(() =>
        Promise.resolve({ body: new Blob([`port ${n}`]).stream() })
      );
      return { egress, ...observe(sandbox, "ask", { params: { n, ms: 40 - n * 10 }, egress }) };
    });
    for (const [n, { report, egress }] of calls.entries()) {
      assert.equal((await report).output, `port ${n}`);
      assert.deepEqual(egress.requests.map(({ url }) => url), [`https://a.example/${n}`]);
    }
  },

  "what one call has under way takes nothing from another": async (bench) => {
    const sandbox = await bench.load(
      `export const flood = async ({ count }) => {
        const answers = Array.from({ length: count }, (_, n) => fetch("https://a.example/" + n));
        return (await Promise.race(answers.map((one) => one.then(() => "", String)))).slice(0, 200);
      };
      export const ask = async () => (await fetch("https://b.example/")).text();`,
      { overlapping: true },
    );
    const silent = new ScriptedEgress(() => new Promise(() => {}));
    const flood = observe(sandbox, "flood", { params: { count: 65 }, egress: silent });
    assert.match(String((await flood.report).output), /64 requests are under way/);
    const held = observe(sandbox, "flood", {
      ...{ params: { count: 64 }, egress: silent, limits: { timeoutMs: 3_000 } },
    });
    const egress = new ScriptedEgress(() =>
      Promise.resolve({ body: new Blob(["answered"]).stream() })
    );
    assert.equal(await answerOf(sandbox, "ask", { egress }), "answered");
    await failureOf(held.report);
  },

  "the end of the sandbox aborts its requests": async (bench) => {
    const sandbox = await bench.load(
      `export const ask = () => fetch("https://a.example/");`,
    );
    const asked = Promise.withResolvers<void>();
    const egress = new ScriptedEgress(() => {
      asked.resolve();
      return new Promise(() => {});
    });
    const { report } = observe(sandbox, "ask", { egress });
    await asked.promise;
    await sandbox[Symbol.asyncDispose]();
    await failureOf(report);
    assert.equal(egress.signals[0]?.aborted, true);
  },
};

function bytes(body: ReadableStream<Uint8Array> | null): ReadableStream<Uint8Array<ArrayBuffer>> {
  assert.ok(body !== null);
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>({
      transform: (piece, controller) => controller.enqueue(piece.slice()),
    }),
  );
}
