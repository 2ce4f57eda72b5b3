/** Makes frames that look right but for a secret that nobody told. */
const MAKE_FRAME = `
  function frame(secret, kind, payload) {
    const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
    const made = new Uint8Array(21 + bytes.length);
    made.set(secret, 0);
    new DataView(made.buffer).setUint32(16, bytes.length, true);
    made[20] = kind;
    made.set(bytes, 21);
    return made;
  }
  function result(text) {
    const json = new TextEncoder().encode(text);
    const bytes = new Uint8Array(12 + json.length);
    bytes[0] = 1;
    bytes.set(json, 12);
    return bytes;
  }
  const guesses = [
    new Uint8Array(16), new Uint8Array(16).fill(255), new Uint8Array(16).fill(32),
    crypto.getRandomValues(new Uint8Array(16)), new Uint8Array(0),
  ];
  const messages = [
    '{"type":"log","call":1,"level":"error","message":"FORGED"}',
    '{"type":"failed","call":1,"failure":{"kind":"not-found","available":["FORGED"]}}',
    '{"type":"spoiled","reason":"FORGED"}',
  ];
  const frames = guesses.flatMap((secret) => [
    ...messages.map((message) => frame(secret, 1, message)),
    frame(secret, 3, result('"FORGED"')),
    frame(secret, 4, result('"FORGED"').slice(8)),
  ]);
`;

/** Ways to put bytes where the guest's frames go. */
export const FORGERIES: Readonly<Record<string, string>> = {
  "Deno.stdout.writeSync": `
    ${MAKE_FRAME}
    export function attack() { for (const bytes of frames) Deno.stdout.writeSync(bytes); return "honest"; }`,
  "Deno.stdout.write": `
    ${MAKE_FRAME}
    export async function attack() {
      for (const bytes of frames) await Deno.stdout.write(bytes);
      return "honest";
    }`,
  "Deno.stdout.writable": `
    ${MAKE_FRAME}
    export async function attack() {
      const writer = Deno.stdout.writable.getWriter();
      for (const bytes of frames) await writer.write(bytes);
      return "honest";
    }`,
  "fs.writeSync": `
    import { writeSync } from "node:fs";
    ${MAKE_FRAME}
    export function attack() { for (const bytes of frames) writeSync(1, bytes); return "honest"; }`,
  "process.stdout": `
    import process from "node:process";
    ${MAKE_FRAME}
    export async function attack() {
      for (const bytes of frames) await new Promise((done) => process.stdout.write(bytes, done));
      return "honest";
    }`,
  "a frame in the middle of a line": `
    ${MAKE_FRAME}
    export function attack() {
      for (const bytes of frames) console.log(String.fromCharCode(...bytes));
      return "honest";
    }`,
};

/** Ways to read what the gateway sends; each returns at once and keeps what comes later. */
export const EAVESDROPPERS: Readonly<Record<string, string>> = {
  "process.stdin": `
    import process from "node:process";
    const taken = [];
    try { process.stdin.on("data", (bytes) => taken.push(...bytes)); } catch { /* refused */ }
    export const attack = () => taken;`,
  "fs.read": `
    import { read } from "node:fs";
    const taken = [];
    const bytes = new Uint8Array(4096);
    let left = 3;
    const next = () => read(0, bytes, 0, 4096, null, (error, count) => {
      if (error === null && count > 0 && left-- > 0) { taken.push(...bytes.subarray(0, count)); next(); }
    });
    next();
    export const attack = () => taken;`,
  "fs.readSync": `
    import { readSync } from "node:fs";
    const taken = [];
    export function attack({ calls }) {
      if (calls !== 1) return taken;
      const bytes = new Uint8Array(4096);
      taken.push(...bytes.subarray(0, readSync(0, bytes)));
      return taken;
    }`,
  "fs.createReadStream": `
    import { createReadStream } from "node:fs";
    const taken = [];
    createReadStream("", { fd: 0 }).on("data", (bytes) => taken.push(...bytes)).on("error", () => {});
    export const attack = () => taken;`,
  "Deno.stdin": `
    const taken = [];
    (async () => {
      const bytes = new Uint8Array(4096);
      taken.push(...bytes.subarray(0, await Deno.stdin.read(bytes)));
    })().catch(() => {});
    export const attack = () => taken;`,
  "tty and net by descriptor": `
    import tty from "node:tty";
    import net from "node:net";
    const taken = [];
    for (const open of [() => new tty.ReadStream(0), () => new net.Socket({ fd: 0 })]) {
      try { open().on("data", (bytes) => taken.push(...bytes)).on("error", () => {}); } catch { /* no */ }
    }
    export const attack = () => taken;`,
};

/** Ways to look at the guest's own memory. Each answers with all the text it got. */
export const MEMORY_DUMPS: Readonly<Record<string, string>> = {
  "v8.getHeapSnapshot": `
    import v8 from "node:v8";
    export async function dump() {
      let text = "";
      for await (const piece of v8.getHeapSnapshot()) text += piece;
      return text;
    }`,
  "v8.queryObjects": `
    import v8 from "node:v8";
    export const dump = () => JSON.stringify(v8.queryObjects(Uint8Array, { format: "summary" }));`,
  "node:inspector": `
    import { Session } from "node:inspector/promises";
    export async function dump() {
      const session = new Session();
      session.connect();
      await session.post("HeapProfiler.enable");
      return JSON.stringify(await session.post("Runtime.evaluate", { expression: "globalThis" }));
    }`,
  "process.binding": `
    import process from "node:process";
    export const dump = () =>
      ["buffer", "fs", "util", "natives", "process_wrap"].map((name) => {
        try { return Deno.inspect(process.binding(name), { depth: 9 }); } catch { return ""; }
      }).join();`,
  "Deno.inspect of everything": `
    export const dump = () => Deno.inspect(globalThis, { depth: 20, showHidden: true, iterableLimit: 1e6 });`,
  "unzeroed buffers": `
    import { Buffer } from "node:buffer";
    export function dump() {
      let text = "";
      for (let i = 0; i < 2000; i++) text += Buffer.allocUnsafeSlow(64).toString("latin1");
      for (let i = 0; i < 200; i++) text += Buffer.allocUnsafe(4000).toString("latin1");
      return text;
    }`,
};

/**
 * Plants a `toJSON` that says something about call 1 in place of every message; `wait` is a call of
 * somebody else's.
 */
export const PLANTED_TO_JSON = `
  // Without prototypes, so that what is planted is not asked about its own answer.
  const available = Object.setPrototypeOf(["FORGED"], null);
  const failure = { __proto__: null, kind: "not-found", available };
  const forged = { __proto__: null, type: "failed", call: 1, failure };
  export function attack() {
    for (const prototype of [Object.prototype, Array.prototype]) {
      Object.defineProperty(prototype, "toJSON", {
        __proto__: null, configurable: true, get: () => () => forged,
      });
    }
    console.log("own line");
    throw new Error("own");
  }
  export const wait = async ({ text }) => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    return text;
  };`;
