import { hash } from "node:crypto";

/**
 * Whether a text has a SHA-256, which is given in lower-case hex. Takes as long wherever they differ.
 * In hex, since Deno hands out digests as bytes in ten times the time, at each request.
 */
export function hasDigest(text: string, expected: string): boolean {
  const digest = hash("sha256", text, "hex");
  let difference = digest.length ^ expected.length;
  for (let at = 0; at < digest.length; at++) {
    difference |= digest.charCodeAt(at) ^ expected.charCodeAt(at);
  }
  return difference === 0;
}
