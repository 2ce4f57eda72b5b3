import { base62 } from "./base62.ts";

const RANDOM_BYTES = 16;

/** A new identifier that cannot be guessed: `prefix_` and 128 random bits in base 62. */
export function newId(prefix: string): string {
  return `${prefix}_${base62(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)))}`;
}
