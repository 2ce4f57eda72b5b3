import assert from "node:assert/strict";
import { join } from "node:path";
import { AirlockError } from "../../spec/errors.ts";
import { DEFAULT_LIMITS } from "../../spec/limits.ts";
import type { Invocation, InvocationHost, LogEntry } from "../../spec/sandbox.ts";
import { HostedSandbox } from "./hosted_sandbox.ts";

/** The least that a guest must know: how to send frames, and what it is asked, as `next()`. */
const GUEST_PRELUDE = `
  let held = new Uint8Array();
  async function frame() {
    for (;;) {
      if (held.length >= 5) {
        const length = new DataView(held.buffer, held.byteOffset).getUint32(0, true);
        if (held.length >= 5 + length) {
          const payload = held.slice(5, 5 + length);
          held = held.slice(5 + length);
          return payload;
        }
      }
      const piece = new Uint8Array(65536);
      const count = await Deno.stdin.read(piece);
      if (count === null) Deno.exit(0);
      held = new Uint8Array([...held, ...piece.subarray(0, count)]);
    }
  }
  const secret = await frame();
  function raw(kind, payload) {
    const header = new Uint8Array(5);
    new DataView(header.buffer).setUint32(0, payload.length, true);
    header[4] = kind;
    Deno.stdout.writeSync(new Uint8Array([...secret, ...header, ...payload]));
  }
  const send = (message) => raw(1, new TextEncoder().encode(JSON.stringify(message)));
  function result(call, value) {
    const head = new Uint8Array(12);
    new DataView(head.buffer).setUint32(0, call, true);
    raw(3, new Uint8Array([...head, ...new TextEncoder().encode(JSON.stringify(value))]));
  }
  const next = async () => JSON.parse(new TextDecoder().decode(await frame()));
  const ready = () => send({ type: "ready" });
  const loaded = async () => { ready(); await next(); send({ type: "loaded", importMs: 1 }); };
`;

/** A sandbox whose guest is `script`; `open` starts it, disposing removes all. */
async function world(script: string) {
  const directory = await Deno.makeTempDir({ prefix: "airlock-guest-" });
  const file = join(directory, "guest.mjs");
  await Deno.writeTextFile(file, GUEST_PRELUDE + script);
  let cleanUps = 0;
  const open = (change: { cleanUp?: () => Promise<void> } = {}) =>
    HostedSandbox.start({
      runtime: "deno",
      command: {
        program: Deno.execPath(),
        args: ["run", "--quiet", "--no-config", "--no-lock", file],
        env: {},
        guestCodeDirectory: "/",
        paths: [],
      },
      limits: DEFAULT_LIMITS,
      maxRssBytes: 2 ** 30,
      place: () => Promise.resolve("file:///tool/bundle.mjs"),
      cleanUp: change.cleanUp ?? (() => {
        cleanUps++;
        return Promise.resolve();
      }),
    });
  return {
    open,
    async loaded() {
      const sandbox = await open();
      await sandbox.load(UNIT);
      return sandbox;
    },
    get cleanUps() {
      return cleanUps;
    },
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

const UNIT = {
  codeDirectory: "/",
  entry: "bundle.mjs",
  env: {},
  overlapping: true,
  timeoutMs: 20_000,
};

function invocation(timeoutMs = 20_000): Invocation {
  const limits = { ...DEFAULT_LIMITS, timeoutMs };
  const { signal } = new AbortController();
  return { callId: "c", toolName: "t", params: {}, limits, signal };
}

function host(logs: LogEntry[] = []): InvocationHost {
  const egress = { request: () => Promise.reject(new Error("no network")) };
  return { egress, onLog: (entry) => void logs.push(entry), onChunk() {} };
}

async function failureOf(work: Promise<unknown>): Promise<AirlockError> {
  const outcome = await work.catch((error: unknown) => error);
  assert.ok(outcome instanceof AirlockError, `no failure of ours: ${String(outcome)}`);
  return outcome;
}

Deno.test("HostedSandbox.start() fails when the guest ends before it is ready, and cleans up once", async () => {
  await using guest = await world(`Deno.exit(9);`);
  const failure = await failureOf(guest.open());
  assert.deepEqual([failure.code, failure.stage], ["sandbox_crashed", "acquire"]);
  assert.equal(guest.cleanUps, 1);
});

Deno.test("HostedSandbox fails a load under which the guest ends", async () => {
  await using guest = await world(`ready(); await next(); Deno.exit(0);`);
  await using sandbox = await guest.open();
  const failure = await failureOf(sandbox.load(UNIT));
  assert.deepEqual([failure.code, failure.stage, failure.retryable], [
    "sandbox_crashed",
    "load",
    false,
  ]);
});

Deno.test("HostedSandbox keeps a result that was sent before the guest ended", async () => {
  await using guest = await world(
    `await loaded(); const { call } = await next(); result(call, "kept"); Deno.exit(0);`,
  );
  await using sandbox = await guest.loaded();
  assert.equal((await sandbox.invoke(invocation(), host())).output, "kept");
  assert.equal((await sandbox.exited).reason, "exited");
});

Deno.test("HostedSandbox fails at once a call that the guest leaves by ending", async () => {
  await using guest = await world(`await loaded(); await next(); Deno.exit(0);`);
  await using sandbox = await guest.loaded();
  const failure = await failureOf(sandbox.invoke(invocation(), host()));
  assert.deepEqual([failure.code, failure.retryable], ["sandbox_crashed", false]);
  assert.equal((await failureOf(sandbox.invoke(invocation(), host()))).code, "sandbox_crashed");
});

Deno.test("HostedSandbox blames none of several calls for the end of what they shared", async () => {
  const ends = {
    exit: "Deno.exit(0);",
    memory: "Deno.kill(Deno.pid, 'SIGTRAP'); await new Promise((r) => setTimeout(r, 1e6));",
    nonsense: `send({ type: "no such" }); await new Promise((r) => setTimeout(r, 1e6));`,
  };
  for (const [name, end] of Object.entries(ends)) {
    await using guest = await world(`await loaded(); await next(); await next(); ${end}`);
    await using sandbox = await guest.loaded();
    const calls = [invocation(), invocation()].map((call) => sandbox.invoke(call, host()));
    for (const failure of await Promise.all(calls.map(failureOf))) {
      assert.deepEqual([failure.code, failure.retryable], ["sandbox_crashed", true], name);
      assert.equal(failure.details.by, "neighbour", name);
    }
  }
});

Deno.test("HostedSandbox does not blame the one beside a call that streamed too much", async () => {
  await using guest = await world(`await loaded(); const { call } = await next(); await next();
    const item = new TextEncoder().encode(JSON.stringify("x".repeat(2000)));
    const head = new Uint8Array(4);
    new DataView(head.buffer).setUint32(0, call, true);
    for (;;) raw(4, new Uint8Array([...head, ...item]));`);
  await using sandbox = await guest.loaded();
  const { limits, ...rest } = invocation();
  const streams = sandbox.invoke({ ...rest, limits: { ...limits, outputBytes: 5000 } }, host());
  const beside = sandbox.invoke(invocation(), host());
  const [culprit, victim] = await Promise.all([failureOf(streams), failureOf(beside)]);
  assert.equal(culprit.code, "resource_limit");
  assert.deepEqual([victim.code, victim.retryable], ["sandbox_crashed", true]);
  assert.equal(victim.details.by, "neighbour");
});

Deno.test("HostedSandbox takes one outcome for each call, and none for calls it did not make", async () => {
  await using guest = await world(`await loaded();
    const { call } = await next();
    for (const other of [0, 99, 4294967295]) result(other, "forged");
    result(call, "first"); result(call, "second");
    send({ type: "failed", call, failure: { kind: "output-too-large", limitBytes: 1 } });
    const { call: later } = await next(); result(later, "later"); await next();`);
  await using sandbox = await guest.loaded();
  assert.equal((await sandbox.invoke(invocation(), host())).output, "first");
  assert.equal((await sandbox.invoke(invocation(), host())).output, "later");
});

Deno.test("HostedSandbox ends a guest that says what it was not asked for, or nonsense", async () => {
  const nonsense = [
    `send({ type: "loaded", importMs: 1 })`,
    `send({ type: "described", report: { tools: [], otherExports: [], warnings: [] } })`,
    `send({ type: "no such" })`,
    `raw(1, new TextEncoder().encode("{"))`,
    `raw(77, new Uint8Array(4))`,
    `result(1, undefined)`,
    `raw(3, new Uint8Array(3))`,
  ];
  for (const line of nonsense) {
    await using guest = await world(`await loaded(); await next(); ${line}; await next();`);
    await using sandbox = await guest.loaded();
    const failure = await failureOf(sandbox.invoke(invocation(), host()));
    assert.deepEqual([failure.code, failure.retryable], ["sandbox_crashed", false], line);
    assert.equal((await sandbox.exited).reason, "protocol", line);
  }
});

Deno.test("HostedSandbox ends a guest that sends a body beyond its credit", async () => {
  await using guest = await world(`await loaded(); const { call } = await next();
    send({ type: "request", call, stream: 1, method: "POST", url: "https://a.example/",
      headers: [], hasBody: true, redirect: "follow" });
    for (let n = 0; n < 5; n++) raw(2, new Uint8Array([1, 0, 0, 0, ...new Uint8Array(65536)]));
    await next(); await next();`);
  await using sandbox = await guest.loaded();
  const waits = { request: () => new Promise<never>(() => {}) };
  await failureOf(sandbox.invoke(invocation(), { ...host(), egress: waits }));
  assert.equal((await sandbox.exited).reason, "protocol");
});

Deno.test("HostedSandbox ends when its own host cannot take what it is told", async () => {
  await using guest = await world(`await loaded(); const { call } = await next();
    send({ type: "log", call, level: "info", message: "m" }); await next();`);
  await using sandbox = await guest.loaded();
  const onLog = () => {
    throw new Error("the listener has gone");
  };
  const failure = await failureOf(sandbox.invoke(invocation(), { ...host(), onLog }));
  assert.equal(failure.code, "sandbox_crashed");
});

Deno.test("HostedSandbox.exited resolves even where files resist removal", async () => {
  await using guest = await world(`ready(); await next();`);
  const sandbox = await guest.open({ cleanUp: () => Promise.reject(new Error("busy")) });
  await sandbox[Symbol.asyncDispose]();
  assert.equal((await sandbox.exited).reason, "requested");
});

Deno.test("HostedSandbox ends by itself once it is spoiled and its last call is done", async () => {
  await using guest = await world(`await loaded();
    const first = await next(); const second = await next();
    send({ type: "spoiled", reason: "stray" });
    result(first.call, 1);
    setTimeout(() => result(second.call, 2), 50); await next();`);
  await using sandbox = await guest.loaded();
  const calls = [sandbox.invoke(invocation(), host()), sandbox.invoke(invocation(), host())];
  assert.equal((await calls[0]!).output, 1);
  const refused = await failureOf(sandbox.invoke(invocation(), host()));
  assert.deepEqual([refused.code, refused.retryable], ["sandbox_crashed", true]);
  assert.equal((await calls[1]!).output, 2);
  assert.deepEqual(await sandbox.exited, { reason: "exited", detail: "stray" });
});
