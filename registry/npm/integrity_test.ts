import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { hasIntegrity, parseIntegrity } from "./integrity.ts";

const BYTES = new TextEncoder().encode("content");
const hash = (algorithm: string, bytes = BYTES) =>
  `${algorithm}-${createHash(algorithm).update(bytes).digest("base64")}`;

Deno.test("parseIntegrity() takes the strongest hash", () => {
  const all = ["sha1", "sha256", "sha512", "sha384"].map((algorithm) => hash(algorithm)).join(" ");
  assert.equal(parseIntegrity(all)?.text, hash("sha512"));
  assert.equal(parseIntegrity(`${hash("sha256")}?opt`)?.text, hash("sha256"));
  assert.equal(parseIntegrity(`sha512-broken ${hash("sha384")}`)?.text, hash("sha384"));
});

Deno.test("parseIntegrity() knows nothing weaker, and nothing malformed", () => {
  const bad = [undefined, "", hash("sha1"), hash("md5"), "sha512-", "sha512-AAAA", "sha512"];
  bad.push(hash("sha512").slice(0, -4), hash("sha512").toUpperCase(), `sha512-${"A".repeat(2000)}`);
  for (const value of bad) assert.equal(parseIntegrity(value), undefined, String(value));
});

Deno.test("hasIntegrity() compares with the bytes", () => {
  for (const algorithm of ["sha256", "sha384", "sha512"]) {
    const integrity = parseIntegrity(hash(algorithm));
    assert.ok(integrity !== undefined);
    assert.ok(hasIntegrity(BYTES, integrity));
    assert.ok(!hasIntegrity(new Uint8Array(3), integrity));
  }
});
