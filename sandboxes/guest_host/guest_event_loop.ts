/** Tells whether anything but the gateway could still make code run in this process. */
export interface GuestEventLoop {
  /**
   * Resolves when the event loop has come round: all that was ready to run has run, and errors that
   * nobody handled have been reported.
   */
  turn(): Promise<void>;
  /** Whether timers, operations or other work are under way. Those that were unrefed do not count. */
  hasWork(): boolean;
  /** Whether `turn` has been seen to work here; to be asked a turn after the loop was opened. */
  readonly isProven: boolean;
}

/** What is used of the runtime's own core. It is no public interface, so none of it is relied on. */
interface RuntimeCore {
  readonly eventLoopHasMoreWork: () => boolean;
  readonly queueImmediate: (immediate: object) => void;
  readonly immediateRefCount: (increase: boolean) => void;
  readonly kRefed: symbol;
}

/**
 * The event loop of this process; `null` where the runtime does not let it be asked. To be called
 * before the realm is locked down and before tool code is loaded.
 *
 * `setImmediate` would do for `turn`, but brings in Node's timers: 2 MB in every blank process.
 */
export function openEventLoop(): GuestEventLoop | null {
  const core = runtimeCore();
  if (core === null) return null;
  const { eventLoopHasMoreWork, queueImmediate, immediateRefCount, kRefed } = core;
  // Captured: tool code may replace it.
  const PromiseCtor = Promise;
  const state = { isProven: false };
  const turn = () =>
    new PromiseCtor<void>((resolve) => {
      immediateRefCount(true);
      queueImmediate({
        __proto__: null,
        _onImmediate: resolve,
        _argv: null,
        _idleNext: null,
        _idlePrev: null,
        _destroyed: false,
        asyncId: 0,
        triggerAsyncId: 0,
        [kRefed]: true,
      });
    });
  try {
    void turn().then(() => state.isProven = true);
  } catch {
    return null; // Its inside has changed: reading as usual does as well, only slower.
  }
  return {
    turn,
    hasWork: eventLoopHasMoreWork,
    get isProven() {
      return state.isProven;
    },
  };
}

function runtimeCore(): RuntimeCore | null {
  for (const symbol of Object.getOwnPropertySymbols(Deno)) {
    const core: unknown = Reflect.get(Object(Reflect.get(Deno, symbol)), "core");
    if (isRuntimeCore(core)) return core;
  }
  return null;
}

function isRuntimeCore(core: unknown): core is RuntimeCore {
  if (typeof core !== "object" || core === null) return false;
  return ["eventLoopHasMoreWork", "queueImmediate", "immediateRefCount"]
    .every((name) => typeof Reflect.get(core, name) === "function") &&
    typeof Reflect.get(core, "kRefed") === "symbol";
}
