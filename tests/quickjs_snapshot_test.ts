import assert from "node:assert/strict";
import { join } from "node:path";
import { QuickjsRuntime } from "../sandboxes/quickjs/quickjs_runtime.ts";
import { buildQuickjsProgram, type QuickjsProgram } from "../sandboxes/quickjs/quickjs_program.ts";
import { SnapshotStore } from "../sandboxes/quickjs/snapshot_store.ts";
import { probeIsolation } from "../sandboxes/process/isolation.ts";
import { listTools } from "../sandboxes/guest/list_tools.ts";
import {
  answerOf,
  ConformanceBench,
  failureOf,
  needOf,
  observe,
} from "./conformance/conformance_bench.ts";

const denoPath = Deno.execPath();
const searchPath = (Deno.env.get("PATH") ?? "").split(":");
const isolation = await probeIsolation({ denoPath, searchPath });
let directory = "";
let program: QuickjsProgram | null = null;

Deno.test.beforeAll(async () => {
  directory = await Deno.makeTempDir({ prefix: "airlock-quickjs-" });
  program = await buildQuickjsProgram(join(directory, "guest"));
});
Deno.test.afterAll(() => Deno.remove(directory, { recursive: true }));

interface World {
  readonly bench: ConformanceBench;
  readonly runtime: QuickjsRuntime;
  readonly states: string;
}

async function withWorld(work: (world: World) => Promise<void>): Promise<void> {
  const runDirectory = await Deno.makeTempDir({ prefix: "airlock-run-" });
  const states = await Deno.makeTempDir({ prefix: "airlock-states-" });
  const runtime = new QuickjsRuntime({
    ...{ denoPath, isolation, runDirectory },
    loadProgram: () => Promise.resolve(program!),
    snapshots: new SnapshotStore({ directory: states, maxBytes: 2 ** 30 }),
  });
  await using bench = await ConformanceBench.open({
    runtime,
    runDirectory,
    async [Symbol.asyncDispose]() {
      await Promise.all(
        [runDirectory, states].map((path) => Deno.remove(path, { recursive: true })),
      );
    },
  });
  await work({ bench, runtime, states });
}

Deno.test("the state of a module is stored once and used again", () =>
  withWorld(async ({ bench, runtime, states }) => {
    const unit = await bench.unit(`export const get = () => 1;`);
    const [first, second] = await Promise.all([runtime.snapshotOf(unit), runtime.snapshotOf(unit)]);
    assert.equal(first, second);
    const files = Array.from(Deno.readDirSync(states), ({ name }) => name).sort();
    assert.deepEqual(files.map((name) => name.replace(/^[0-9a-f]{64}/, "")), [".image", ".json"]);
    assert.deepEqual((await runtime.snapshotOf(unit)).sha256, first.sha256);
    assert.deepEqual(first.facts.exports, ["get"]);
  }));

Deno.test("a stored state that was tampered with is not used", () =>
  withWorld(async ({ bench, runtime, states }) => {
    const unit = await bench.unit(`export const get = () => "right";`);
    const { bytes } = await runtime.snapshotOf(unit);
    const [image] = Array.from(Deno.readDirSync(states), ({ name }) => join(states, name))
      .filter((name) => name.endsWith(".image"));
    const at = new TextDecoder("latin1").decode(bytes).indexOf("right");
    assert.ok(at > 0);
    const forged = bytes.slice();
    forged.set(new TextEncoder().encode("wrong"), at);
    await Deno.writeFile(image!, forged);
    const sandbox = await bench.create();
    await sandbox.load(unit);
    assert.equal(await answerOf(sandbox, "get"), "right");
    assert.notDeepEqual(await Deno.readFile(image!), forged);
  }));

Deno.test("calls restored from one state draw different random numbers", () =>
  withWorld(async ({ bench }) => {
    const sandbox = await bench.load(`
      import { randomBytes } from "node:crypto";
      Math.random();
      const held = Math.random;
      export const draw = async () => {
        const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 128 }, true, ["encrypt"]);
        return [Math.random(), held(), crypto.randomUUID(), randomBytes(8).toString("hex"),
          [...crypto.getRandomValues(new Uint8Array(8))].join(),
          [...new Uint8Array(await crypto.subtle.exportKey("raw", key))].join()];
      };`);
    const drawn = [];
    for (let n = 0; n < 5; n++) drawn.push(...await answerOf(sandbox, "draw") as unknown[]);
    assert.equal(new Set(drawn).size, 30);
  }));

Deno.test("a module that draws secure random numbers while it loads is refused", () =>
  withWorld(async ({ bench }) => {
    const drawing = [
      "crypto.randomUUID()",
      "crypto.getRandomValues(new Uint8Array(4))",
      `await crypto.subtle.generateKey({ name: "AES-GCM", length: 128 }, true, ["encrypt"])`,
      `await Reflect.get(Object.getPrototypeOf(crypto.subtle), "generateKey").call(crypto.subtle,
        { name: "AES-GCM", length: 128 }, true, ["encrypt"])`,
    ];
    for (const draw of drawing) {
      const sandbox = await bench.create();
      const unit = await bench.unit(`const held = ${draw}; export const get = () => typeof held;`);
      const failure = await failureOf(sandbox.load(unit));
      assert.deepEqual([failure.code, failure.stage], ["tool_error", "load"]);
      assert.match(failure.message, /draws secure random numbers/, draw);
    }
  }));

Deno.test("a module may find out while it loads that something is missing; a call is ended by it", () =>
  withWorld(async ({ bench }) => {
    const sandbox = await bench.load(`
      import { existsSync, promises } from "node:fs";
      import crypto from "node:crypto";
      import http from "node:http";
      let found = "all";
      try { new Worker("data:,"); } catch (error) { found = error.code; }
      export const get = () => found;
      const caught = async (use) => { try { return await use(); } catch { return "caught"; } };
      export const sync = () => caught(() => existsSync("/"));
      export const nested = () => caught(() => promises.readFile("/x"));
      export const whole = () => caught(() => crypto.createCipheriv("aes-128-cbc", "", ""));
      export const server = () => caught(() => http.createServer());
      export const later = () => caught(async () => { await null; return new WebSocket("ws://x"); });`);
    assert.equal(await answerOf(sandbox, "get"), "ERR_NOT_IN_QUICKJS");
    const uses = {
      sync: "node:fs existsSync",
      nested: "node:fs promises.readFile",
      whole: "node:crypto createCipheriv",
      server: "node:http createServer",
      later: "WebSocket",
    };
    for (const [name, what] of Object.entries(uses)) {
      const { code, details } = await failureOf(observe(sandbox, name).report);
      assert.deepEqual([code, details.lacking], ["no_runtime", what]);
    }
    assert.equal(await answerOf(sandbox, "get"), "ERR_NOT_IN_QUICKJS");
  }));

Deno.test("values of env never reach a stored state, and are there while a module loads", () =>
  withWorld(async ({ bench, states }) => {
    const source = `const key = process.env.API_KEY ?? "none"; export const get = () => key;`;
    const secret = "s3cret-value-of-one-caller";
    const withKey = await bench.load(source, { env: { API_KEY: secret } });
    assert.equal(await answerOf(withKey, "get"), secret);
    const without = await bench.load(source);
    assert.equal(await answerOf(without, "get"), "none");
    for (const { name } of Deno.readDirSync(states)) {
      const text = new TextDecoder("latin1").decode(await Deno.readFile(join(states, name)));
      assert.equal(text.includes(secret), false, name);
    }
  }));

Deno.test("timers that a module left behind go on in each call from where they stood", () =>
  withWorld(async ({ bench }) => {
    const sandbox = await bench.load(`
      let ticks = 0;
      setInterval(() => ticks++, 20);
      export const wait = async () => {
        const before = ticks;
        await new Promise((resolve) => setTimeout(resolve, 110));
        return [before, ticks > 0 && ticks < 12];
      };`);
    for (let n = 0; n < 2; n++) assert.deepEqual(await answerOf(sandbox, "wait"), [0, true]);
  }));

Deno.test("a tool cannot reach what the prelude keeps", () =>
  withWorld(async ({ bench }) => {
    const sandbox = await bench.load(`
      export const look = () => [typeof airlockBridge, typeof airlockModule, typeof Deno,
        typeof require, globalThis.constructor.name,
        Object.getOwnPropertyNames(globalThis).filter((name) => /airlock/i.test(name))];
      export const poison = () => {
        for (const owner of [Array, Map, Promise, Object, Function, String]) {
          for (const name of Object.getOwnPropertyNames(owner.prototype)) {
            try { owner.prototype[name] = () => { throw new Error("poisoned"); }; } catch {}
          }
        }
        return { a: [1, "two"] };
      };
      export const fine = () => "fine";`);
    assert.deepEqual(await answerOf(sandbox, "look"), [
      ...["undefined", "undefined", "undefined", "undefined", "Object"],
      ["airlockHash", "airlockDerive", "airlockRequest", "airlockLacking"],
    ]);
    // Whatever becomes of the call that poisons its realm, the next one has another.
    await observe(sandbox, "poison", { limits: { timeoutMs: 2000 } }).report.catch(() => {});
    const other = await bench.runtime.create(needOf());
    await using _ = other;
    await other.load(await bench.unit(`export const fine = () => "fine";`));
    assert.equal(await answerOf(other, "fine"), "fine");
  }));

Deno.test("what the host does for a tool cannot be bent against it", () =>
  withWorld(async ({ bench }) => {
    const sandbox = await bench.load(
      `
      const odd = [undefined, null, 5, "text", {}, [], () => 1, Symbol("s"), 10n, new Proxy({}, {}),
        new Proxy(new Uint8Array(3), {}), new Uint8Array(0), new DataView(new ArrayBuffer(2)),
        { length: 1e9 }, { get length() { throw new Error("read"); } },
        { toString() { throw new Error("converted"); } }];
      const localised = (value, other) => [
        () => new Intl.NumberFormat(value, other).format(value),
        () => new Intl.DateTimeFormat("en", value).formatToParts(other),
        () => [...new Intl.Segmenter(other).segment(value)],
        () => "é".localeCompare(value, other, value),
        () => new Date(0).toLocaleString(value, other),
      ].map((look) => { try { return String(look()); } catch (error) { return error.message; } })
        .filter((text) => /file:|guest|node_modules/.test(text)).join() || undefined;
      export function abuse() {
        const seen = [];
        for (const value of odd) {
          for (const args of [[value], ["sha256", value, true, value], [value, value, value, value]]) {
            for (const run of [airlockHash, airlockDerive, localised]) {
              try { seen.push(typeof run(...args)); }
              catch (error) { seen.push(String(error.message) + String(error.stack)); }
            }
          }
        }
        return seen.filter((text) => /file:|guest|node_modules|converted/.test(text));
      }
      export function large() {
        const text = "x".repeat(8_000_000);
        for (let n = 0; n < 5; n++) console.log(text);
        return structuredClone({ a: [text.length] });
      }
      export const get = () => 1;`,
      { overlapping: true },
    );
    assert.deepEqual(await answerOf(sandbox, "abuse"), []);
    assert.deepEqual(await answerOf(sandbox, "large"), { a: [8_000_000] });
    assert.equal(await answerOf(sandbox, "get"), 1);
  }));

Deno.test("deep recursion and deep input end the call and nothing else", () =>
  withWorld(async ({ bench }) => {
    const sandbox = await bench.load(
      `
      export const deep = () => { const f = () => f(); return f(); };
      export const parser = () => eval("(".repeat(50_000));
      export const json = () => JSON.parse("[".repeat(500_000));
      export const write = () => { let o = {}; for (let n = 0; n < 200_000; n++) o = { o }; return JSON.stringify(o).length; };
      export const match = () => /(?:a|b)*c/.test("ab".repeat(2_000));
      export const get = () => 1;`,
      { overlapping: true },
    );
    for (const name of ["deep", "parser", "json", "write", "match"]) {
      const outcome = await observe(sandbox, name).report.then(
        ({ output }) => output,
        (e) => e.code,
      );
      assert.ok(
        outcome === false || outcome === "tool_error" || outcome === "resource_limit",
        `${name}: ${outcome}`,
      );
      assert.equal(await answerOf(sandbox, "get"), 1, name);
    }
  }));

Deno.test("a call that never waits leaves the thread to the others", () =>
  withWorld(async ({ bench }) => {
    const sandbox = await bench.load(
      `
      export async function churn() { for (;;) await null; }
      export const jobs = () => { const f = () => Promise.resolve().then(f).catch(f); return f(); };
      export const echo = ({ n }) => n;`,
      { overlapping: true },
    );
    for (const name of ["churn", "jobs"]) {
      const greedy = observe(sandbox, name, { limits: { timeoutMs: 10_000 } });
      let isOver = false;
      greedy.report.then(() => isOver = true, () => isOver = true);
      for (let n = 0; n < 3; n++) {
        assert.equal(await answerOf(sandbox, "echo", { params: { n } }), n);
      }
      assert.equal(isOver, false, `${name} ended before the others were served`);
      if (name === "jobs") await sandbox[Symbol.asyncDispose]();
    }
  }));

Deno.test("dropped instances are collected: memory does not grow with calls", () =>
  withWorld(async ({ bench }) => {
    const sandbox = await bench.load(
      `const held = new Uint8Array(24_000_000).fill(7); export const get = () => held.length;`,
    );
    let mostBytes = 0;
    for (let n = 0; n < 150; n++) {
      assert.equal(await answerOf(sandbox, "get"), 24_000_000);
      mostBytes = Math.max(mostBytes, (await sandbox.usage()).rssBytes);
    }
    // Instances that stayed until V8 thought of them got the process killed at 384 MiB.
    assert.ok(mostBytes < 350 * 2 ** 20, `${mostBytes} bytes`);
  }));

Deno.test("the tools of a module are listed as they are natively", () =>
  withWorld(async ({ bench }) => {
    const unit = await bench.unit(`
      export const greet = { description: "Greets", inputSchema: { jsonSchema: { type: "object",
        properties: { to: { type: "string" } } }, validate: (value) => ({ success: true, value }) },
        execute: ({ to }) => "hi " + to };
      export function plain(a) { return a; }
      export class Factory { constructor() { this.tool = greet; } }
      export const version = 5;`);
    const native: object = await import(`file://${unit.codeDirectory}/${unit.entry}`);
    const sandbox = await bench.create();
    await sandbox.load(unit);
    const expected = await listTools(native, { env: {}, declaredEnv: [] });
    assert.deepEqual(await sandbox.describe(10_000), JSON.parse(JSON.stringify(expected)));
    assert.ok(expected.tools.length >= 2);
  }));
