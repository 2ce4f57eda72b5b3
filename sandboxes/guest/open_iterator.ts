import {
  AsyncIteratorSymbol,
  isObjectLike,
  IteratorSymbol,
  ObjectPrototype,
  reflectApply,
  safeGet,
} from "./primordials.ts";
import { type AnyFunction, isFunction } from "./recognise_tool.ts";

/** A stream of items that a tool returned, sync or async. */
export interface OpenIterator {
  /** The next item, boxed; `null` at the end. */
  next(): Promise<{ readonly value: unknown } | null>;
  /** Tells the producer to stop. Waits for nothing and never throws. */
  close(): void;
}

/**
 * Opens an async iterable, a `ReadableStream`, a generator or another iterator; `null` for anything
 * else. Arrays, `Map`s, `Set`s and strings are values, not streams.
 */
export function openIterator(value: unknown): OpenIterator | null {
  if (!isObjectLike(value)) return null;
  const openAsync = methodOf(value, AsyncIteratorSymbol);
  if (openAsync !== null) {
    return wrap(reflectApply(openAsync, value, []), { next: "next", close: "return" });
  }
  const getReader = methodOf(value, "getReader");
  if (getReader !== null) {
    return wrap(reflectApply(getReader, value, []), { next: "read", close: "cancel" });
  }
  const isIterator = methodOf(value, "next") !== null && methodOf(value, IteratorSymbol) !== null;
  return isIterator ? wrap(value, { next: "next", close: "return", isSync: true }) : null;
}

/** A method that is not one planted on `Object.prototype`. */
function methodOf(value: object, key: PropertyKey): AnyFunction | null {
  const method = safeGet(value, key);
  return isFunction(method) && method !== safeGet(ObjectPrototype, key) ? method : null;
}

interface Protocol {
  readonly next: "next" | "read";
  readonly close: "return" | "cancel";
  /** Its items may be promises. */
  readonly isSync?: boolean;
}

function wrap(iterator: unknown, protocol: Protocol): OpenIterator {
  const next = safeGet(iterator, protocol.next);
  if (!isFunction(next)) throw new TypeError(`read stream: ${protocol.next} is not a function`);
  return {
    async next() {
      const step: unknown = await reflectApply(next, iterator, []);
      if (!isObjectLike(step) || safeGet(step, "done")) return null;
      const held = safeGet(step, "value");
      const value: unknown = protocol.isSync ? await held : held;
      return { __proto__: null, value } as { value: unknown };
    },
    close() {
      const close = safeGet(iterator, protocol.close);
      if (isFunction(close)) ignoreRejection(() => reflectApply(close, iterator, []));
    },
  };
}

async function ignoreRejection(run: () => unknown): Promise<void> {
  try {
    await run();
  } catch {
    // The producer is being dropped; what it says about that is of no use to anyone.
  }
}
