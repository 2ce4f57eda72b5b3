import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { hasDigest } from "./has_digest.ts";

Deno.test("hasDigest() takes the digest of that text, and nothing near it", () => {
  for (const text of ["", "airlock_sk_a", "ü\u0000\u{1f600}", "a".repeat(10_000)]) {
    const digest = createHash("sha256").update(text).digest("hex");
    assert.equal(hasDigest(text, digest), true);
    assert.equal(hasDigest(`${text} `, digest), false);
    for (let at = 0; at < digest.length; at++) {
      const other = digest.slice(0, at) + (digest[at] === "0" ? "1" : "0") + digest.slice(at + 1);
      assert.equal(hasDigest(text, other), false, `place ${at}`);
    }
    const others = ["", digest.slice(0, -1), `${digest}0`, `${digest}${digest}`, "0".repeat(64)];
    for (const other of others) assert.equal(hasDigest(text, other), false, other);
  }
});
