import { AirlockError } from "../../../spec/errors.ts";
import type {
  Invocation,
  InvocationReport,
  LoadReport,
  LoadUnit,
  ProbeReport,
  Sandbox,
  SandboxExit,
  SandboxNeed,
  SandboxRuntime,
  SandboxUsage,
} from "../../../spec/sandbox.ts";
import type { ManualClock } from "./manual_clock.ts";

/** How the sandboxes of a {@linkcode FakeRuntime} behave; may be changed at any time. */
export interface FakeBehaviour {
  spawnMs: number;
  loadMs: number;
  disposeMs: number;
  /** Decides each start: `true` makes it fail. */
  spawnFails: () => boolean;
  loadFails: (unit: LoadUnit) => boolean;
}

/** A runtime without processes, on a manual clock, that checks how it is used. */
export class FakeRuntime implements SandboxRuntime {
  readonly kind = "deno";
  readonly isolation = "permissions";
  readonly sandboxes: FakeSandbox[] = [];
  readonly behaviour: FakeBehaviour = {
    spawnMs: 10,
    loadMs: 5,
    disposeMs: 1,
    spawnFails: () => false,
    loadFails: () => false,
  };
  /** Starts that were tried, including failed ones. */
  attempts = 0;
  /** Being created, or created and not yet gone. */
  alive = 0;
  mostAlive = 0;

  constructor(readonly clock: ManualClock) {}

  classOf(need: SandboxNeed): string {
    return `fake ${need.limits.memoryBytes}`;
  }

  async create(need: SandboxNeed): Promise<Sandbox> {
    const id = `s${this.attempts += 1}`;
    this.alive += 1;
    this.mostAlive = Math.max(this.mostAlive, this.alive);
    await this.clock.sleep(this.behaviour.spawnMs);
    if (this.behaviour.spawnFails()) {
      this.alive -= 1;
      throw new AirlockError("sandbox_crashed", "start sandbox: no process", { stage: "acquire" });
    }
    const sandbox = new FakeSandbox(this, { id, need });
    this.sandboxes.push(sandbox);
    return sandbox;
  }
}

/** See {@linkcode FakeRuntime}. */
export class FakeSandbox implements Sandbox {
  readonly runtime = "deno";
  readonly id: string;
  readonly need: SandboxNeed;
  readonly exited: Promise<SandboxExit>;
  /** What was loaded, for tests to compare with who calls. */
  unit: LoadUnit | null = null;
  rssBytes = 50_000_000;
  usageFails = false;
  gone = false;
  /** Ended by an error: nothing may come in any more. */
  poisoned = false;
  calls = 0;
  overlap = 0;
  mostOverlap = 0;
  readonly #runtime: FakeRuntime;
  #cpu = { rate: 0, sinceMs: 0, burntMs: 0 };
  readonly #resolveExit: (exit: SandboxExit) => void;
  readonly #kills = new Set<(error: AirlockError) => void>();

  constructor(runtime: FakeRuntime, options: { id: string; need: SandboxNeed }) {
    const { promise, resolve } = Promise.withResolvers<SandboxExit>();
    this.id = options.id;
    this.need = options.need;
    this.exited = promise;
    this.#resolveExit = resolve;
    this.#runtime = runtime;
  }

  /** CPU time burnt per millisecond from now on, whether a call runs or not. */
  set cpuRate(rate: number) {
    this.#cpu = { rate, sinceMs: this.#runtime.clock.nowMs(), burntMs: this.#cpuMs() };
  }

  async load(unit: LoadUnit): Promise<LoadReport> {
    if (this.unit !== null) throw new Error("load sandbox: loaded twice");
    this.unit = unit;
    await this.#unlessKilled(this.#runtime.clock.sleep(this.#runtime.behaviour.loadMs));
    if (this.#runtime.behaviour.loadFails(unit)) {
      throw new AirlockError("tool_error", "load tool: it threw", { stage: "load" });
    }
    return { importMs: this.#runtime.behaviour.loadMs };
  }

  describe(): Promise<ProbeReport> {
    return Promise.reject(new Error("describe sandbox: the pool never probes"));
  }

  /** The pool's tests call {@linkcode work} instead. */
  invoke(_invocation: Invocation): Promise<InvocationReport> {
    return Promise.reject(new Error("invoke: the pool leaves this to its caller"));
  }

  /** One call of `durationMs`; rejects with `error`, or when the sandbox dies. */
  async work(durationMs: number, error?: Error): Promise<string> {
    if (this.gone) throw new AirlockError("sandbox_crashed", "call tool: the sandbox is gone");
    if (this.poisoned) throw new Error("call tool: reused after an error");
    this.calls += 1;
    this.overlap += 1;
    this.mostOverlap = Math.max(this.mostOverlap, this.overlap);
    try {
      await this.#unlessKilled(this.#runtime.clock.sleep(durationMs));
      if (error !== undefined) {
        this.poisoned = true;
        throw error;
      }
      return this.id;
    } finally {
      this.overlap -= 1;
    }
  }

  /** The process ends by itself. */
  crash(): void {
    this.#gone({ reason: "crashed", detail: "test" });
  }

  async usage(): Promise<SandboxUsage> {
    await Promise.resolve();
    if (this.usageFails) throw new Error("read usage: failed");
    return { rssBytes: this.rssBytes, cpuMs: this.#cpuMs() };
  }

  #cpuMs(): number {
    const { rate, sinceMs, burntMs } = this.#cpu;
    return burntMs + rate * (this.#runtime.clock.nowMs() - sinceMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.gone) return;
    for (const kill of [...this.#kills]) kill(this.#crashed());
    await this.#runtime.clock.sleep(this.#runtime.behaviour.disposeMs);
    this.#gone({ reason: "requested", detail: "" });
  }

  #gone(exit: SandboxExit): void {
    if (this.gone) return;
    this.gone = true;
    this.#runtime.alive -= 1;
    for (const kill of [...this.#kills]) kill(this.#crashed());
    this.#resolveExit(exit);
  }

  #crashed(): AirlockError {
    return new AirlockError("sandbox_crashed", "call tool: the sandbox ended", {
      stage: "execute",
    });
  }

  #unlessKilled(work: Promise<void>): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#kills.add(reject);
    work.then(resolve);
    return promise.finally(() => this.#kills.delete(reject));
  }
}
