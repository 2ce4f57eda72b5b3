import assert from "node:assert/strict";
import { SECRET_BYTES } from "../../sandboxes/protocol/frame.ts";

/** What {@linkcode withKnownSecret} makes of every secret: text, so that any dump shows it. */
export const KNOWN_SECRET = "!known-to-a-test";

/** Runs `start` while the secrets of new sandboxes are not random but {@linkcode KNOWN_SECRET}. */
export async function withKnownSecret<T>(start: () => Promise<T>): Promise<T> {
  const bytes = new TextEncoder().encode(KNOWN_SECRET);
  assert.equal(bytes.length, SECRET_BYTES);
  let used = 0;
  const fake: typeof crypto.getRandomValues = (array) => {
    if (array instanceof Uint8Array && array.length === SECRET_BYTES) {
      array.set(bytes);
      used++;
    }
    return array;
  };
  const own = Object.getOwnPropertyDescriptor(crypto, "getRandomValues");
  Object.defineProperty(crypto, "getRandomValues", { configurable: true, value: fake });
  try {
    return await start();
  } finally {
    if (own === undefined) Reflect.deleteProperty(crypto, "getRandomValues");
    else Object.defineProperty(crypto, "getRandomValues", own);
    assert.ok(used > 0, "secrets come from elsewhere: this test knows nothing");
  }
}
