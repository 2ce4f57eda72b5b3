import { CompileFlags, type JSValueHandle, type QuickJS, type Snapshot } from "quickjs-wasi";
import type { CallFailure } from "../protocol/messages.ts";
import type { AskKind, Outcome } from "./guest/host_bridge.ts";
import { bridgeFunctions, bridgeName } from "./guest_bridge.ts";
import { createInstance, type EngineModules, type InstanceParts } from "./guest_engine.ts";
import { engineFailure, toldFailure } from "./guest_engine_failure.ts";

/** Who listens to an instance. */
export interface InstanceListener {
  /** Called while code of the instance is running: must not touch it. So is `chunk`. */
  log(level: string, message: string): void;
  chunk(jsonText: string): void;
  /** Called between turns. So is `settle`. */
  ask(kind: AskKind, details: { id: number; json: string; bytes: Uint8Array<ArrayBuffer> }): void;
  /** Called once at most: the instance has then run for the last time. */
  settle(outcome: Outcome, json: string): void;
}

/** How an instance comes to be. */
export interface GuestInstanceOptions extends Omit<InstanceParts, "limits"> {
  readonly modules: EngineModules;
  readonly memoryBytes: number;
  /** On the clock of `performance.now`: when running code is interrupted. */
  readonly deadlineMs: number;
  readonly listener: InstanceListener;
  /** Whether the first use of something missing ends it; else code may catch the error. */
  readonly endsWhereLacking?: boolean;
}

/** What can be handed in. */
type Detail = string | number | Uint8Array | JSValueHandle;

/** How long one instance may run while others wait for the thread. */
const TURN_MS = 20;
/** What a snapshot has free. */
const ROOM_BYTES = 512 * 1024;
/** Of the name of something missing. */
const MAX_NAME = 200;
/** Promise jobs between two looks at the clock. */
const JOBS_PER_LOOK = 64;

/**
 * One instance of the engine and its event loop. Everything that goes in is a turn: code runs until
 * nothing is left to do, its time is up, or it has settled. Whatever goes wrong inside ends this
 * instance and no other.
 */
export class GuestInstance implements Disposable {
  readonly #vm: QuickJS;
  readonly #options: GuestInstanceOptions;
  #deliver: JSValueHandle | null = null;
  #deliverToken = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #continuation: ReturnType<typeof setTimeout> | undefined;
  #interrupted = false;
  #settled: { readonly outcome: Outcome; readonly json: string } | null = null;
  #isOver = false;
  readonly #strays = new Map<number, JSValueHandle>();
  /** What code asked for in the running turn; told to the listener in order, after it. */
  #asked: (() => void)[] = [];

  private constructor(vm: QuickJS, options: GuestInstanceOptions) {
    this.#vm = vm;
    this.#options = options;
  }

  static async create(options: GuestInstanceOptions): Promise<GuestInstance> {
    let instance: GuestInstance | null = null;
    const limits = {
      memoryBytes: options.memoryBytes,
      interrupt: () => instance?.isOverdue() ?? false,
      onRejection: (promise: JSValueHandle, reason: JSValueHandle, isHandled: boolean) =>
        instance?.noteRejection(promise, { reason, isHandled }),
    };
    const vm = await createInstance(options.modules, { ...options, limits });
    instance = new GuestInstance(vm, options);
    for (const [name, run] of Object.entries(instance.bridge())) {
      vm.registerHostCallback(bridgeName(name), run);
    }
    return instance;
  }

  /** Compiles a text for {@linkcode install} in another instance, which parsing would leave fragmented. */
  compile(text: string): Uint8Array {
    const { STRIP_DEBUG, STRIP_SOURCE } = CompileFlags;
    return this.#vm.compile(text, "airlock:prelude", 0, STRIP_DEBUG | STRIP_SOURCE);
  }

  /** Evaluates the compiled prelude in a new instance. @throws {JSException} when it cannot be. */
  install(compiledPrelude: Uint8Array): void {
    const vm = this.#vm;
    const bridge = vm.newObject();
    for (const [name, run] of Object.entries(this.bridge())) {
      vm.unregisterHostCallback(bridgeName(name));
      vm.setProp(bridge, name, vm.newFunction(bridgeName(name), run));
    }
    const prelude = vm.evalBytecode(compiledPrelude);
    this.#deliver = vm.callFunction(prelude, vm.undefined, bridge);
    this.#deliverToken = vm.exportHandle(this.#deliver);
  }

  /** Takes up the prelude that is in the snapshot. */
  resume(deliverToken: number): void {
    this.#deliver = this.#vm.importHandle(deliverToken);
  }

  /** Evaluates code in a turn; `use` gets its completion value. */
  evaluate(
    text: string,
    { filename, flags, use }: {
      readonly filename: string;
      readonly flags: number;
      readonly use?: (value: JSValueHandle) => void;
    },
  ): void {
    this.#turn(() => {
      const value = this.#vm.evalCode(text, filename, flags);
      use?.(value);
    });
  }

  /** Hands something to the prelude, in a turn of its own. */
  deliver(kind: string, ...details: Detail[]): void {
    this.#turn(() => this.send(kind, ...details));
  }

  /** As {@linkcode deliver}, inside a turn. */
  send(kind: string, ...details: Detail[]): void {
    const vm = this.#vm;
    if (this.#deliver === null) return;
    const handles = [kind, ...details].map((detail) => {
      if (typeof detail === "string") return vm.newString(detail);
      if (typeof detail === "number") return vm.newNumber(detail);
      return detail instanceof Uint8Array ? vm.newUint8Array(detail) : detail;
    });
    vm.callFunction(this.#deliver, vm.undefined, ...handles);
  }

  /** The state of the instance, to restore others from, and where its prelude is found in it. */
  snapshot(): { readonly snapshot: Snapshot; readonly deliverToken: number } {
    this.#vm.runGC();
    // Room for calls that want little: a memory that need not grow is as large as the next one.
    this.#vm.newUint8Array(new Uint8Array(ROOM_BYTES)).dispose();
    return { snapshot: this.#vm.snapshot(), deliverToken: this.#deliverToken };
  }

  /** Bytes of its memory. */
  get sizeBytes(): number {
    return this.#isOver ? 0 : this.#vm._getMemory().buffer.byteLength;
  }

  /** Forgets the instance: its memory goes with the next garbage collection. */
  [Symbol.dispose](): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#continuation);
    this.#strays.clear();
    this.#vm.dispose();
  }

  /** For the engine: whether running code has to stop. */
  isOverdue(): boolean {
    if (performance.now() > this.#options.deadlineMs) this.#interrupted = true;
    return this.#interrupted;
  }

  /** For the engine. */
  noteRejection(
    promise: JSValueHandle,
    { reason, isHandled }: { readonly reason: JSValueHandle; readonly isHandled: boolean },
  ): void {
    const identity = this.#vm._getExports().qjs_get_value_ptr(promise.ptr);
    if (isHandled) this.#strays.delete(identity);
    else this.#strays.set(identity, reason.dup());
  }

  /** The functions that the prelude calls. */
  bridge(): ReturnType<typeof bridgeFunctions> {
    const { listener } = this.#options;
    return bridgeFunctions(this.#vm, {
      log: (level, message) => listener.log(level, message),
      // What has settled has spoken: the rest of the running job is heard by nobody.
      chunk: (jsonText) => this.#settled ?? listener.chunk(jsonText),
      ask: (kind, details) => this.#settled ?? this.#asked.push(() => listener.ask(kind, details)),
      lacking: (what) => this.#endWhereLacking(what),
      settle: (outcome, json) => this.#settled ??= { outcome, json },
      wake: (delayMs) => this.#wakeAfter(delayMs),
    });
  }

  #endWhereLacking(what: string): void {
    if (this.#options.endsWhereLacking !== true) return;
    const failure: CallFailure = { kind: "lacking", what: what.slice(0, MAX_NAME) };
    this.#settled ??= { outcome: "failed", json: JSON.stringify(failure) };
  }

  #wakeAfter(delayMs: number): void {
    clearTimeout(this.#timer);
    if (delayMs < 0 || this.#isOver) return;
    this.#timer = setTimeout(() => this.deliver("wake"), delayMs);
  }

  #turn(work: () => void): void {
    if (this.#isOver || this.#settled !== null) return;
    const endsMs = performance.now() + TURN_MS;
    try {
      // Values that are handed over belong to the turn, and are let go at its end.
      this.#vm.withScope(() => {
        work();
        this.#runJobs(endsMs);
        this.#tellStrays();
      });
    } catch (thrown) {
      this.#settled = { outcome: "failed", json: JSON.stringify(this.#failure(thrown)) };
    }
    this.#strays.clear();
    if (this.#interrupted) {
      this.#settled = { outcome: "failed", json: JSON.stringify(OVERDUE) };
    }
    this.#report();
  }

  #runJobs(endsMs: number): void {
    const exports = this.#vm._getExports();
    for (let count = 1; this.#settled === null && exports.qjs_is_job_pending() !== 0; count++) {
      const hasFailed = exports.qjs_execute_pending_job() < 0;
      // Its time is up: nothing of it runs again.
      if (this.#interrupted) return;
      if (hasFailed) this.send("uncaught", this.#vm.getException());
      if (count % JOBS_PER_LOOK !== 0) continue;
      if (this.isOverdue()) return;
      if (performance.now() < endsMs) continue;
      // Others wait for the thread; this instance goes on when they have had theirs.
      clearTimeout(this.#continuation);
      this.#continuation = setTimeout(() => this.#turn(() => {}), 0);
      return;
    }
  }

  /** Rejections that nobody handles in the turn they happen in. */
  #tellStrays(): void {
    if (this.#strays.size === 0 || this.#settled !== null) return;
    const strays = [...this.#strays.values()];
    this.#strays.clear();
    for (const reason of strays) this.send("stray", reason);
  }

  #failure(thrown: unknown): CallFailure {
    return engineFailure(thrown, { vm: this.#vm, memoryBytes: this.#options.memoryBytes });
  }

  #report(): void {
    const asked = this.#asked;
    this.#asked = [];
    for (const tell of asked) tell();
    if (this.#settled === null || this.#isOver) return;
    const { outcome, json } = this.#settled;
    const { memoryBytes, listener } = this.#options;
    clearTimeout(this.#timer);
    if (outcome === "result") return listener.settle(outcome, json);
    listener.settle(outcome, JSON.stringify(toldFailure(json, { vm: this.#vm, memoryBytes })));
  }
}

const OVERDUE: CallFailure = { kind: "overdue" };
