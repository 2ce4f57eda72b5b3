import type { BuiltArtifact, StepOptions } from "../../../spec/artifact.ts";
import { AirlockError } from "../../../spec/errors.ts";
import { BuildWorker } from "./build_worker.ts";
import type { PackageRequest } from "./package_request.ts";

/** Runs builds, each alone in a process that can be killed. */
export interface Bundler extends AsyncDisposable {
  /**
   * Waits for a free process, then builds within the request's limits.
   * @throws {AirlockError} `artifact_failed`, or `shutting_down` once disposed of; whatever
   * `signal` was aborted with.
   */
  build(request: PackageRequest, options: StepOptions): Promise<BuiltArtifact>;
  /** Process ids of the build processes alive now. */
  pids(): number[];
}

/** Options of {@linkcode createBundler}. */
export interface BundlerOptions {
  /** Builds at the same time. */
  readonly concurrency?: number;
  /** How long a process is kept for the next build: it holds about 200 MB with esbuild. */
  readonly idleMs?: number;
  /** V8 heap of each process. */
  readonly heapMib?: number;
  /**
   * The whole environment of each process: enough for Deno to find its cache (`HOME` or `DENO_DIR`),
   * and no secret. Without it the processes inherit ours.
   */
  readonly env?: Readonly<Record<string, string>>;
}

/** Refusals after which the process is gone. */
const DEADLY: ReadonlySet<unknown> = new Set(["memory", "process_died"]);

/** Makes a {@linkcode Bundler}. No process is started before the first build. */
export function createBundler(options: BundlerOptions = {}): Bundler {
  const { concurrency = 2, idleMs = 20_000, heapMib = 768, env } = options;
  const alive = new Set<BuildWorker>();
  const idle: { worker: BuildWorker; timer: ReturnType<typeof setTimeout> }[] = [];
  const waiting: (() => void)[] = [];
  const closing = new AbortController();
  let busy = 0;

  async function acquire(signal: AbortSignal): Promise<BuildWorker> {
    while (busy >= concurrency) {
      const turn = Promise.withResolvers<void>();
      waiting.push(turn.resolve);
      signal.addEventListener("abort", () => turn.resolve(), { once: true });
      await turn.promise;
      if (signal.aborted) {
        // A turn that was given to us as we gave up belongs to the next.
        waiting.shift()?.();
        signal.throwIfAborted();
      }
    }
    busy += 1;
    const kept = idle.pop();
    if (kept !== undefined) {
      clearTimeout(kept.timer);
      return kept.worker;
    }
    const worker = new BuildWorker({ heapMib, env });
    alive.add(worker);
    return worker;
  }

  async function end(worker: BuildWorker): Promise<void> {
    await worker[Symbol.asyncDispose]();
    alive.delete(worker);
  }

  function keep(worker: BuildWorker): void {
    const timer = setTimeout(() => {
      idle.splice(idle.indexOf(entry), 1);
      void end(worker);
    }, idleMs);
    Deno.unrefTimer(timer);
    const entry = { worker, timer };
    idle.push(entry);
  }

  return {
    async build(request, { signal, progress }) {
      const timeout = AbortSignal.timeout(request.limits.timeoutMs);
      const stop = AbortSignal.any([signal, timeout, closing.signal]);
      let worker: BuildWorker | undefined;
      let clean = false;
      try {
        stop.throwIfAborted();
        worker = await acquire(stop);
        const built = await orAborted(worker.run(request, progress), stop);
        clean = true;
        return built;
      } catch (error) {
        if (closing.signal.aborted) throw shuttingDown();
        signal.throwIfAborted();
        if (timeout.aborted) throw tooSlow(request.limits.timeoutMs);
        clean = error instanceof AirlockError && !DEADLY.has(error.details.reason);
        throw error;
      } finally {
        if (worker !== undefined) {
          if (clean && !closing.signal.aborted) keep(worker);
          else await end(worker);
          busy -= 1;
          waiting.shift()?.();
        }
      }
    },
    pids: () => [...alive].map(({ pid }) => pid),
    async [Symbol.asyncDispose]() {
      closing.abort();
      for (const { timer } of idle.splice(0)) clearTimeout(timer);
      await Promise.all([...alive].map(end));
    },
  };
}

async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    promise.catch(() => {
      // Where the abort came first, what the killed process says afterwards concerns nobody.
    });
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function tooSlow(timeoutMs: number): AirlockError {
  return new AirlockError("artifact_failed", `Build the package: not done after ${timeoutMs} ms`, {
    stage: "build",
    suggestion: "Try again when the machine has less to do, or use a smaller package",
    details: { reason: "timeout", timeoutMs },
  });
}

function shuttingDown(): AirlockError {
  return new AirlockError("shutting_down", "Build the package: the gateway is shutting down", {
    stage: "build",
  });
}
