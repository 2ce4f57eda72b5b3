import assert from "node:assert/strict";
import type { EgressPort } from "../../spec/egress.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { LogEntry } from "../../spec/sandbox.ts";
import { hasLevel, HostileSandbox, type LoadedAttack } from "../support/hostile_sandbox.ts";
import { makeQuickjsRuntime } from "../support/quickjs_attack_runtime.ts";
import { ATTACK_LIMITS } from "./attacks/attack.ts";
import { QUICKJS_SPY } from "./attacks/quickjs_spy.ts";

const level = "bubblewrap";
// A machine may lack the programs that this level needs; CI has them.
const ignore = !await hasLevel(level);
const limits = ATTACK_LIMITS;

function testLoaded(
  name: string,
  source: string,
  use: (loaded: LoadedAttack, world: HostileSandbox) => Promise<void>,
): void {
  Deno.test({
    name: `quickjs, ${level}: ${name}`,
    ignore,
    async fn() {
      await using world = await HostileSandbox.open({ level, makeRuntime: makeQuickjsRuntime });
      await using loaded = await world.load(source, { limits, overlapping: true });
      await use(loaded, world);
    },
  });
}

/** Leaves something of itself everywhere, and says what a call finds when it begins. */
const LEAVER = `
  let own = 0;
  const kept = [];
  const emitter = new EventTarget();
  emitter.addEventListener("left", () => {});
  export const look = () => ({
    own, kept: kept.length,
    globals: Object.getOwnPropertyNames(globalThis).sort(),
    prototypes: [Object, Array, Function, Promise, String, RegExp, Error, Map, Uint8Array, URL, Response]
      .map((type) => Reflect.ownKeys(type.prototype).map(String).sort().join()),
    registered: Symbol.keyFor(Symbol.for("left")) + typeof globalThis[Symbol.for("left")],
    natives: [Array.prototype.map, JSON.stringify, Promise.prototype.then, console.log, fetch, setTimeout]
      .map((f) => f.poisoned ?? "clean"),
    frozen: [Object.isFrozen(Array.prototype), Object.isExtensible(globalThis)],
    env: Object.keys(process.env), exit: String(process.exitCode), regexp: RegExp.$1 ?? null,
    stack: Error.stackTraceLimit ?? null, time: new Date(0).getTimezoneOffset(),
  });
  const early = look();
  export async function attack() {
    const before = look();
    own++; kept.push(new Array(1000).fill("left"));
    globalThis.left = globalThis[Symbol.for("left")] = "left";
    process.env.LEFT = "left"; process.exitCode = 7;
    Error.stackTraceLimit = 0;
    /(left)/.test("left");
    for (const f of [Array.prototype.map, JSON.stringify, Promise.prototype.then, console.log, fetch,
      setTimeout]) f.poisoned = "poisoned";
    for (const type of [Object, Array, Function, Promise, String, RegExp, Error, Map, Uint8Array, URL,
      Response]) Object.defineProperty(type.prototype, "left", { value: "left", configurable: true });
    Math.random = () => 0.5; Date.now = () => 0; crypto.randomUUID = () => "left";
    setInterval(() => { console.log("late timer"); }, 1);
    setTimeout(() => Promise.reject(new Error("late rejection")), 2);
    new Promise(() => {}).then(() => console.log("late promise"));
    (async () => { for (;;) { await new Promise((r) => setTimeout(r, 1)); console.log("late loop"); } })();
    fetch("https://late.example/").then(() => console.log("late answer"), () => {});
    Object.freeze(Array.prototype);
    Object.preventExtensions(globalThis);
    await null;
    return before;
  }
  export const wait = () => new Promise((resolve) => setTimeout(() => resolve(look()), 60));
  export const draw = () => [Math.random(), crypto.randomUUID(), Date.now() > 1e12];`;

testLoaded(
  "a call sees nothing of the one before it, nor of one beside it",
  LEAVER,
  async (loaded) => {
    const pristine = (await loaded.call({ toolName: "look", limits })).report?.output;
    assert.ok(pristine !== undefined);
    for (let round = 0; round < 4; round++) {
      const left = loaded.call({ limits, egress: SILENT });
      const beside = loaded.call({ toolName: "wait", limits });
      const outcomes = [
        await left,
        await beside,
        await loaded.call({ limits, egress: SILENT }),
        await loaded.call({ toolName: "wait", limits }),
      ];
      for (const { report, error } of outcomes) {
        assert.equal(error, undefined, String(error));
        assert.deepEqual(report?.output, pristine);
      }
      const late = [outcomes[1]!, outcomes[3]!].flatMap(({ logs }) => logs);
      assert.deepEqual(late, [], "a timer or promise of another call went on");
    }
  },
);

testLoaded("a call that was left has no more requests, lines or chunks", LEAVER, async (loaded) => {
  const lines: LogEntry[] = [];
  let aborted = 0;
  const egress: EgressPort = {
    request: (_, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(new Error(`aborted ${++aborted}`)));
      }),
  };
  const { error, logs } = await loaded.call({ limits, egress });
  assert.equal(error, undefined, String(error));
  const atItsEnd = logs.length;
  lines.push(...(await loaded.call({ toolName: "wait", limits })).logs);
  assert.equal(aborted, 1, "its request went on");
  assert.equal(logs.length, atItsEnd, "it wrote lines after its end");
  assert.deepEqual(lines, []);
});

const DRAWER = `
  import { randomBytes, randomInt, randomUUID } from "node:crypto";
  // A state with numbers that were drawn already, and functions held from before the snapshot.
  for (let n = 0; n < 7; n++) Math.random();
  const held = Math.random;
  const fill = crypto.getRandomValues.bind(crypto);
  function* endless() { for (;;) yield Math.random(); }
  const running = endless();
  running.next();
  export const attack = () => [Math.random(), held(), running.next().value, randomUUID(),
    crypto.randomUUID(), randomBytes(12).toString("hex"), randomInt(2 ** 47), [...fill(new Uint8Array(12))].join(),
    [...fill(new BigUint64Array(1))].join()];`;

testLoaded(
  "no two restores draw the same, in one process or in two",
  DRAWER,
  async (loaded, world) => {
    await using other = await world.load(DRAWER, { limits, overlapping: true });
    const calls = [loaded, other].flatMap((place) =>
      Array.from({ length: 20 }, () => place.call({ limits }))
    );
    const drawn: unknown[] = [];
    for (const { report, error } of await Promise.all(calls)) {
      assert.equal(error, undefined, String(error));
      assert.ok(Array.isArray(report?.output) && report.output.length === 9);
      drawn.push(...report.output);
    }
    assert.equal(new Set(drawn).size, 40 * 9);
  },
);

testLoaded(
  "a tool that spies on the whole language gets no hold of the bridge",
  QUICKJS_SPY,
  async (loaded) => {
    for (const egress of [ECHO, SILENT_REFUSAL]) {
      const { report, error } = await loaded.call({ limits, egress });
      assert.equal(error, undefined, String(error));
      const response = egress === ECHO ? "6 bytes" : "refused";
      // Named as all of the bridge are; it is the one that tools may have.
      const hash = "airlock:hash";
      assert.deepEqual(report?.output, { seen: ["airlock:control"], hash, response });
    }
  },
);

const FORGER = `
  const told = [];
  export const attack = async () => {
    // Names under which the engine finds the host's functions again after a restore.
    for (const name of ["settle", "log", "ask", "chunk"]) {
      for (const key of ["airlock:" + name, "airlock" + name, name]) {
        try { globalThis[key]?.("result", '"FORGED"'); } catch (error) { told.push(String(error)); }
      }
    }
    for (const specifier of ["airlock:prelude", "airlock:preload", "airlock:settle"]) {
      try { told.push(Object.keys(await import(specifier)).join()); } catch { /* refused */ }
    }
    return [typeof airlockBridge, typeof airlockModule, typeof deliver, told];
  };`;

testLoaded("the prelude is not found by its names", FORGER, async (loaded) => {
  const { report, error } = await loaded.call({ limits });
  assert.equal(error, undefined, String(error));
  assert.deepEqual(report?.output, ["undefined", "undefined", "undefined", []]);
});

/** Answers nobody. */
const SILENT: EgressPort = { request: () => new Promise(() => {}) };
const SILENT_REFUSAL: EgressPort = {
  request: () => Promise.reject(new AirlockError("permission_denied", "Requesting: not granted")),
};
const ECHO: EgressPort = {
  async request({ body }) {
    const { length } = await new Response(body).text();
    const answer = new Response(`${length} bytes`);
    const { status, statusText } = answer;
    const url = "https://a.example/";
    return { status, statusText, headers: [], url, redirected: false, body: answer.body };
  },
};
