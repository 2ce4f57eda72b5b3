import assert from "node:assert/strict";
import { base62 } from "./base62.ts";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** The number that digits stand for, in hex of that many bytes. */
function hexOf(text: string, byteLength: number): string {
  const number = [...text].reduce((sum, digit) => sum * 62n + BigInt(DIGITS.indexOf(digit)), 0n);
  return byteLength === 0 ? "" : number.toString(16).padStart(byteLength * 2, "0");
}

Deno.test("base62() writes the number that the bytes are, to one width for each length", () => {
  for (let length = 0; length < 40; length++) {
    const random = Array.from({ length: 50 }, () => crypto.getRandomValues(new Uint8Array(length)));
    const all = [...random, new Uint8Array(length), new Uint8Array(length).fill(255)];
    for (const bytes of all) assert.equal(hexOf(base62(bytes), length), bytes.toHex());
    assert.equal(new Set(all.map((bytes) => base62(bytes).length)).size, 1);
  }
});
