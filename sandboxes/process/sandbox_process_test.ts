import assert from "node:assert/strict";
import type { Frame } from "../protocol/frame.ts";
import { type ProcessListener, SandboxProcess } from "./sandbox_process.ts";

const LISTENER: ProcessListener = { onFrame() {}, onText() {} };

/** Runs a shell script as if it were a guest. */
function start(script: string, listener: Partial<ProcessListener> = {}): SandboxProcess {
  const command = {
    program: "/bin/sh",
    args: ["-c", script],
    env: { PATH: "/usr/bin:/bin", OWN: "only this" },
    guestCodeDirectory: "/",
    paths: [],
  };
  return new SandboxProcess(command, {
    listener: { ...LISTENER, ...listener },
    maxFrameBytes: 1000,
    maxRssBytes: 2 ** 30,
  });
}

Deno.test("SandboxProcess tells how it ended", async () => {
  const cases = [
    ["exit 0", "exited", "exit code 0"],
    ["exit 3", "exited", "exit code 3"],
    ["exit 133", "memory", "the JavaScript heap was full"],
    ["kill -TRAP $$", "memory", "the JavaScript heap was full"],
    ["kill -SEGV $$", "crashed", "signal SIGSEGV"],
    ["exit 137", "crashed", "signal 9"],
  ] as const;
  for (const [script, reason, detail] of cases) {
    await using process = start(script);
    assert.deepEqual(await process.exited, { reason, detail }, script);
  }
});

Deno.test("SandboxProcess cannot be started from a program that is not there", () => {
  const command = {
    program: "/nonexistent",
    args: [],
    env: {},
    guestCodeDirectory: "/",
    paths: [],
  };
  const options = { listener: LISTENER, maxFrameBytes: 1, maxRssBytes: 1 };
  assert.throws(() => new SandboxProcess(command, options), Deno.errors.NotFound);
});

Deno.test("SandboxProcess.kill() keeps the first reason, and buries wrapped processes", async () => {
  await using process = start(`echo up; sleep 60; sleep 60`, {});
  await new Promise((resolve) => setTimeout(resolve, 100));
  process.kill("deadline", "first");
  process.kill("memory", "second");
  assert.deepEqual(await process.exited, { reason: "deadline", detail: "first" });
});

Deno.test("SandboxProcess may be killed before it has begun, and written to after its end", async () => {
  const process = start(`sleep 60`);
  process.kill("requested", "at once");
  assert.equal((await process.exited).reason, "requested");
  for (let n = 0; n < 100; n++) process.sendMessage({ n });
  process.watchMemory();
  process.kill("memory", "late");
  assert.deepEqual(process.usage(), { rssBytes: 0, cpuMs: 0 });
  await process[Symbol.asyncDispose]();
});

Deno.test("SandboxProcess gives its child only the environment it was given", async () => {
  let text = "";
  await using process = start("env", { onText: (_from, piece) => text += piece });
  await process.exited;
  const lines = text.trim().split("\n").filter((line) => !/^(PWD|SHLVL|_)=/.test(line)).sort();
  // By a number that means nothing, orphans are found again.
  assert.match(lines.shift() ?? "", /^AIRLOCK_SANDBOX=[0-9a-f-]{36}$/);
  assert.deepEqual(lines, ["OWN=only this", "PATH=/usr/bin:/bin"]);
});

Deno.test("SandboxProcess takes only frames that begin with its secret", async () => {
  const frames: Frame[] = [];
  const text = { stdout: "", stderr: "" };
  // The secret stands in the first frame on its input, behind a header of five bytes.
  const script = `
    secret=$(mktemp); head -c 21 | tail -c 16 > $secret
    printf 'before'
    printf '\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\002\\000\\000\\000\\001{}'
    cat $secret; printf '\\002\\000\\000\\000\\001{}'
    printf 'after'; printf 'loud' >&2; rm $secret`;
  await using process = start(script, {
    onFrame: (frame) => frames.push({ ...frame, payload: new Uint8Array(frame.payload) }),
    onText: (from, piece) => text[from] += piece,
  });
  assert.equal((await process.exited).reason, "exited");
  assert.deepEqual(frames.map(({ kind, payload }) => [kind, new TextDecoder().decode(payload)]), [
    [1, "{}"],
  ]);
  assert.match(text.stdout, /^before\0{16}.*after$/s);
  assert.equal(text.stderr, "loud");
});

Deno.test("SandboxProcess ends a guest that announces more than it may send", async () => {
  const script = `head -c 21 | tail -c 16; printf '\\377\\377\\377\\377\\001'; sleep 60`;
  await using process = start(script);
  const { reason, detail } = await process.exited;
  assert.equal(reason, "protocol");
  assert.match(detail, /4294967295 bytes announced/);
});

Deno.test("SandboxProcess ends when whoever listens fails, and lets nothing escape", async () => {
  const fails = () => {
    throw new Error("listener");
  };
  for (const script of ["echo out; sleep 60", "echo err >&2; sleep 60"]) {
    await using process = start(script, { onText: fails });
    assert.deepEqual(await process.exited, { reason: "protocol", detail: "unreadable output" });
  }
});

Deno.test("SandboxProcess ends a guest that leaves too much unread", async () => {
  await using process = start("sleep 60");
  const piece = new Uint8Array(2 ** 20);
  for (let n = 0; n < 60; n++) process.send(2, [piece]);
  assert.notEqual(process.usage().rssBytes, 0);
  for (let n = 0; n < 10; n++) process.send(2, [piece]);
  assert.deepEqual(await process.exited, {
    reason: "protocol",
    detail: "it does not read its input",
  });
});

Deno.test("SandboxProcess watches memory only while asked to", async () => {
  const command = {
    program: "/bin/sleep",
    args: ["60"],
    env: {},
    guestCodeDirectory: "/",
    paths: [],
  };
  const options = { listener: LISTENER, maxFrameBytes: 1000, maxRssBytes: 1 };
  await using idle = new SandboxProcess(command, options);
  idle.watchMemory();
  idle.unwatchMemory();
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.ok(idle.usage().rssBytes > 1);
  idle.watchMemory();
  assert.equal((await idle.exited).reason, "memory");
});

Deno.test("SandboxProcess ends with its process, whoever still holds the output", async () => {
  // As a wrapper does that is killed while it starts what it wraps.
  await using process = start("sleep 600 & exit 3");
  assert.deepEqual(await process.exited, { reason: "exited", detail: "exit code 3" });
});
