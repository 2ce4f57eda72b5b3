/** Fills `target` with random bytes. */
export type RandomBytes = (length: number) => Uint8Array<ArrayBuffer>;

/** Bytes that one `getRandomValues` may ask for, as everywhere. */
const MAX_RANDOM_BYTES = 65_536;

const INTEGER_VIEWS: ReadonlySet<string> = new Set([
  ...["Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array"],
  ...["Int32Array", "Uint32Array", "BigInt64Array", "BigUint64Array"],
]);

/**
 * `Math.random` and `crypto`'s random values from the host. The engine's own state would be part of a
 * snapshot: every call restored from it would draw the same numbers. `onSecure` is told of every use
 * of the secure ones.
 */
export function installRandom(random: RandomBytes, onSecure: () => void): { reseed(): void } {
  const state = new Uint32Array(4);
  const reseed = () => {
    const seed = random(16);
    state.set(new Uint32Array(seed.buffer, seed.byteOffset, 4));
    state[0]! |= 1;
  };
  reseed();
  define(Math, "random", () => {
    const high = next(state) >>> 5;
    const low = next(state) >>> 6;
    return (high * 67_108_864 + low) / 9_007_199_254_740_992;
  });
  const { crypto } = globalThis;
  define(crypto, "getRandomValues", (view: ArrayBufferView) => fill(view, { random, onSecure }));
  define(crypto, "randomUUID", () => {
    onSecure();
    return formatUuid(random(16));
  });
  return { reseed };
}

/** xoshiro128** of Blackman and Vigna (2018), https://prng.di.unimi.it/xoshiro128starstar.c */
function next(state: Uint32Array): number {
  const [a, b, c, d] = [state[0]!, state[1]!, state[2]!, state[3]!];
  const result = Math.imul(rotate(Math.imul(b, 5), 7), 9);
  const mixedC = c ^ a;
  const mixedD = d ^ b;
  state[1] = b ^ mixedC;
  state[0] = a ^ mixedD;
  state[2] = mixedC ^ (b << 9);
  state[3] = rotate(mixedD, 11);
  return result >>> 0;
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

function fill<View extends ArrayBufferView>(
  view: View,
  { random, onSecure }: { readonly random: RandomBytes; readonly onSecure: () => void },
): View {
  onSecure();
  const kind: unknown = Reflect.get(view, Symbol.toStringTag);
  if (typeof kind !== "string" || !INTEGER_VIEWS.has(kind)) {
    throw new DOMException("the argument is not an integer typed array", "TypeMismatchError");
  }
  if (view.byteLength > MAX_RANDOM_BYTES) {
    throw new DOMException(
      `${view.byteLength} bytes exceed the ${MAX_RANDOM_BYTES} that are available`,
      "QuotaExceededError",
    );
  }
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(random(view.byteLength));
  return view;
}

function formatUuid(bytes: Uint8Array): string {
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  let text = "";
  for (let index = 0; index < 16; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += "-";
    text += bytes[index]!.toString(16).padStart(2, "0");
  }
  return text;
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true });
}
