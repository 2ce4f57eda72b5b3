import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { newId } from "../../registry/database/new_id.ts";
import type { KeyRow } from "./key_record.ts";
import { hashToken, newToken } from "./key_token.ts";
import { KEY_CACHE_BOUNDS, KeyVerifier } from "./verify_key.ts";

function keyOf(more: Partial<KeyRow> = {}): { row: KeyRow; token: string } {
  const id = newId("key");
  const { token, hash, hint } = newToken(id);
  const row: KeyRow = {
    ...{ id, owner_id: "ten_a", user_id: "usr_a", name: "one", secret_hash: hash, hint },
    ...{ scopes: ["tools:execute"], collections: ["col_1"], ceiling: {}, tier: "PRO" },
    ...{ expires_at: null, revoked_at: null, replaced_by: null, last_used_at: null },
    ...{ rate_limits: null, rates_replace_tier: false, rates_counted_as: null },
    created_at: new Date(),
    ...more,
  };
  return { row, token };
}

function verifierOf(...rows: readonly KeyRow[]) {
  const stored = new Map(rows.map((row) => [row.id, row]));
  const state = { nowMs: 0, reads: 0, uses: [] as string[], down: false };
  const verifier = new KeyVerifier({
    read: (id) => {
      state.reads++;
      return state.down
        ? Promise.reject(new Error("connection refused"))
        : Promise.resolve(stored.get(id) ?? null);
    },
    onUse: (id) => state.uses.push(id),
    onFailure: () => {},
    nowMs: () => state.nowMs,
  });
  return { verifier, state, stored };
}

async function refusal(verifier: KeyVerifier, token: string): Promise<AirlockError> {
  try {
    await verifier.verify(token);
  } catch (error) {
    assert.ok(error instanceof AirlockError, String(error));
    return error;
  }
  throw new Error("it was let in");
}

Deno.test("KeyVerifier.verify() tells who a key stands for, then without asking again", async () => {
  const { row, token } = keyOf();
  const { verifier, state } = verifierOf(row);
  const caller = await verifier.verify(token);
  assert.deepEqual(caller, {
    ...{ kind: "key", tenant: "ten_a", userId: "usr_a", keyId: row.id },
    ...{ scopes: new Set(["tools:execute"]), collections: ["col_1"], ceiling: {}, tier: "PRO" },
  });
  assert.equal(verifier.verify(token), caller);
  assert.equal(state.reads, 1);
  assert.deepEqual(state.uses, [row.id, row.id]);
});

Deno.test("KeyVerifier.verify() answers alike whatever is wrong with a key", async () => {
  const past = new Date(Date.now() - 1_000);
  const good = keyOf();
  const expired = keyOf({ expires_at: past });
  const revoked = keyOf({ revoked_at: past });
  const unknown = keyOf();
  const { verifier, state } = verifierOf(good.row, expired.row, revoked.row);
  const wrongSecret = good.token.slice(0, -43) + newToken(newId("key")).token.slice(-43);
  const tokens = [expired.token, revoked.token, unknown.token, wrongSecret, "nonsense"];
  const told = new Set<string>();
  for (const token of tokens) {
    const { code, message, suggestion, details } = await refusal(verifier, token);
    told.add(JSON.stringify({ code, message, suggestion, details }));
  }
  assert.equal(told.size, 1);
  assert.deepEqual(state.uses, []);
});

Deno.test("KeyVerifier.verify() lets a key expire while it is in memory", async () => {
  const { row, token } = keyOf({ expires_at: new Date(Date.now() + 150) });
  const { verifier } = verifierOf(row);
  await verifier.verify(token);
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal((await refusal(verifier, token)).code, "unauthenticated");
});

Deno.test("KeyVerifier.forget() makes a revocation count at once", async () => {
  const { row, token } = keyOf();
  const { verifier, stored } = verifierOf(row);
  await verifier.verify(token);
  stored.set(row.id, { ...row, revoked_at: new Date() });
  verifier.verify(token);
  verifier.forget(row.id);
  assert.equal((await refusal(verifier, token)).code, "unauthenticated");
});

Deno.test("KeyVerifier.verify() sees a revocation on another node within a second", async () => {
  const { row, token } = keyOf();
  const { verifier, stored, state } = verifierOf(row);
  await verifier.verify(token);
  stored.set(row.id, { ...row, revoked_at: new Date() });
  state.nowMs = 1_000;
  assert.equal((await refusal(verifier, token)).code, "unauthenticated");
});

Deno.test("KeyVerifier.verify() goes on with known keys while the database is down", async () => {
  const { row, token } = keyOf();
  const { verifier, state } = verifierOf(row);
  await verifier.verify(token);
  state.down = true;
  state.nowMs = KEY_CACHE_BOUNDS.staleMs - 1;
  assert.equal((await verifier.verify(token)).keyId, row.id);
  const unknown = await refusal(verifier, keyOf().token);
  assert.equal(unknown.code, "upstream_failed");
  assert.ok(unknown.retryable && (unknown.retryAfterMs ?? 0) > 0);
  state.nowMs = KEY_CACHE_BOUNDS.staleMs;
  assert.equal((await refusal(verifier, token)).code, "upstream_failed");
});

Deno.test("KeyVerifier.verify() asks for no text that is not a key", async () => {
  const { verifier, state } = verifierOf();
  for (const text of ["", "' or 1=1 --", "airlock_sk_x_y", "x".repeat(100_000)]) {
    assert.equal((await refusal(verifier, text)).code, "unauthenticated");
  }
  assert.equal(state.reads, 0);
});

Deno.test("KeyVerifier.verify() goes by the hash: the id alone opens nothing", async () => {
  const { row, token } = keyOf();
  const forged = token.slice(0, -43) + newToken(newId("key")).token.slice(-43);
  assert.equal((await refusal(verifierOf(row).verifier, forged)).code, "unauthenticated");
  // Were it compared with what the forger sent, the same request would be let in.
  const { verifier } = verifierOf({ ...row, secret_hash: hashToken(forged) });
  assert.equal((await verifier.verify(forged)).keyId, row.id);
  assert.equal((await refusal(verifier, token)).code, "unauthenticated");
});
