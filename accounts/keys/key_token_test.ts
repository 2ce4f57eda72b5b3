import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { newId } from "../../registry/database/new_id.ts";
import { base62 } from "../../registry/database/base62.ts";
import { hashToken, idOfToken, newToken } from "./key_token.ts";

Deno.test("base62() keeps every bit and the width", () => {
  assert.equal(base62(new Uint8Array(32)), "0".repeat(43));
  assert.equal(base62(new Uint8Array([61])), "0z");
  assert.equal(base62(Uint8Array.from([1, 0, 0, 0, 0, 0])), "00JMAIjoW");
  const most = base62(new Uint8Array(32).fill(255));
  assert.equal(most.length, 43);
  const seen = new Set(Array.from({ length: 256 }, (_, byte) => base62(new Uint8Array([byte]))));
  assert.equal(seen.size, 256);
});

Deno.test("newToken() makes tokens that name their key and share nothing else", () => {
  const id = newId("key");
  const tokens = Array.from({ length: 1_000 }, () => newToken(id));
  assert.equal(new Set(tokens.map(({ token }) => token)).size, 1_000);
  for (const { token, hash, hint } of tokens) {
    assert.match(token, /^airlock_sk_[0-9A-Za-z]{22}_[0-9A-Za-z]{43}$/);
    assert.equal(idOfToken(token), id);
    assert.deepEqual(hashToken(token), hash);
    assert.ok(hint.length === 4 && token.endsWith(hint.slice(1)));
  }
});

Deno.test("hashToken() is SHA-256 of all of it", () => {
  const { token, hash } = newToken(newId("key"));
  assert.equal(hash.toHex(), createHash("sha256").update(token).digest("hex"));
});

Deno.test("idOfToken() takes tokens only", () => {
  const { token } = newToken(newId("key"));
  const others = [
    "",
    token.slice(1),
    `${token}x`,
    `${token}\n`,
    `\n${token}`,
    ` ${token}`,
    token.toUpperCase(),
    token.replace("_sk_", "_pk_"),
    token.slice(0, -1) + "'",
    `airlock_sk_${"\u0130".repeat(22)}_${"a".repeat(43)}`,
    "airlock_sk_" + "a".repeat(1_000_000),
  ];
  for (const other of others) assert.equal(idOfToken(other), undefined, other.slice(0, 100));
});
