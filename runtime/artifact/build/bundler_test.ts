import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import { AirlockError } from "../../../spec/errors.ts";
import { DEFAULT_BUILD_LIMITS } from "./build_limits.ts";
import { createBundler } from "./bundler.ts";
import { tempFiles } from "./fixtures/temp_files.ts";
import type { PackageRequest } from "./package_request.ts";

const NEVER = new AbortController().signal;

function request(directory: string, name: string): PackageRequest {
  return {
    directory: join(directory, "in"),
    entry: join(directory, "in", `${name}.js`),
    fixNodeEnv: true,
    mayStayTree: true,
    modules: null,
    redirects: [],
    outDirectory: join(directory, "out", name),
    limits: DEFAULT_BUILD_LIMITS,
  };
}

function slowSource(): string {
  return Array.from({ length: 80_000 }, (_, i) => `export const a${i} = { b: [${i}] };`).join("\n");
}

/** Process ids of the children of `pid`. */
async function childrenOf(pid: number): Promise<number[]> {
  const text = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`);
  return text.trim().split(" ").filter((item) => item !== "").map(Number);
}

function alive(pid: number): boolean {
  try {
    return !/^State:\s*Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    // No such process any more.
    return false;
  }
}

async function until(done: () => boolean): Promise<void> {
  for (let i = 0; i < 250; i++) {
    if (done()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("waited too long");
}

Deno.test("createBundler() keeps one process for builds in a row and lets it go when idle", async () => {
  await using files = await tempFiles({ "in/a.js": "export const a = 1" });
  await using bundler = createBundler({ idleMs: 100 });
  deepEqual(bundler.pids(), []);
  await bundler.build(request(files.directory, "a"), { signal: NEVER });
  const first = bundler.pids();
  await bundler.build(request(files.directory, "a"), { signal: NEVER });
  deepEqual(bundler.pids(), first);
  await until(() => bundler.pids().length === 0);
  await bundler.build(request(files.directory, "a"), { signal: NEVER });
});

Deno.test("createBundler() runs no more builds at once than it may", async () => {
  await using files = await tempFiles({ "in/a.js": "export const a = 1" });
  await using bundler = createBundler({ concurrency: 2 });
  const builds = Array.from(
    { length: 6 },
    () => bundler.build(request(files.directory, "a"), { signal: NEVER }),
  );
  await Promise.all(builds);
  equal(bundler.pids().length, 2);
});

Deno.test("createBundler() ends a build with its caller and frees the place", async () => {
  await using files = await tempFiles({ "in/slow.js": slowSource(), "in/a.js": "export {}" });
  await using bundler = createBundler({ concurrency: 1 });
  const abort = new AbortController();
  const slow = bundler.build(request(files.directory, "slow"), { signal: abort.signal });
  const waiting = bundler.build(request(files.directory, "slow"), { signal: abort.signal });
  const left = Promise.all([rejects(slow, /caller left/), rejects(waiting, /caller left/)]);
  const next = bundler.build(request(files.directory, "a"), { signal: NEVER });
  await until(() => bundler.pids().length === 1);
  abort.abort(new Error("caller left"));
  await left;
  equal((await next).form, "bundle");
});

Deno.test("createBundler() survives the death of a build process", async () => {
  await using files = await tempFiles({ "in/slow.js": slowSource(), "in/a.js": "export {}" });
  await using bundler = createBundler({ concurrency: 1 });
  const started = Promise.withResolvers<void>();
  const slow = bundler.build(request(files.directory, "slow"), {
    signal: NEVER,
    progress: () => started.resolve(),
  });
  await started.promise;
  const [pid] = bundler.pids();
  const [esbuild] = await childrenOf(pid!);
  const died = rejects(slow, (error: unknown) => {
    return error instanceof AirlockError && error.details.reason === "process_died";
  });
  Deno.kill(pid!, "SIGKILL");
  await died;
  await until(() => !alive(esbuild!));
  equal((await bundler.build(request(files.directory, "a"), { signal: NEVER })).form, "bundle");
});

Deno.test("createBundler() leaves no process behind when disposed of", async () => {
  await using files = await tempFiles({ "in/slow.js": slowSource() });
  const bundler = createBundler();
  const started = Promise.withResolvers<void>();
  const slow = bundler.build(request(files.directory, "slow"), {
    signal: NEVER,
    progress: () => started.resolve(),
  });
  const ended = rejects(slow, { code: "shutting_down" });
  await started.promise;
  const [pid] = bundler.pids();
  const [esbuild] = await childrenOf(pid!);
  await bundler[Symbol.asyncDispose]();
  await ended;
  equal(alive(pid!), false);
  await until(() => !alive(esbuild!));
  await rejects(bundler.build(request(files.directory, "slow"), { signal: NEVER }), {
    code: "shutting_down",
  });
});
