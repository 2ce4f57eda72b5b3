import process from "node:process";
import type { KeyRow } from "../../accounts/keys/key_record.ts";
import { newToken } from "../../accounts/keys/key_token.ts";
import { KeyVerifier } from "../../accounts/keys/verify_key.ts";
import { newId } from "../../registry/database/new_id.ts";
import { measureAccountCalls } from "./account_calls.ts";
import { type BenchPart, measurement } from "./bench_part.ts";

/** Keys in use at once. */
const KEYS = 1_000;

/** Checks per sample. */
const CHECKS = 50_000;

/** What accounts cost: checks of API keys, and calls with everything on. */
export const measureAccounts: BenchPart = async (context) => [
  ...await measureKeyChecks(context),
  ...await measureAccountCalls(context),
];

/** Checks of API keys that are in use, as each request makes one: digest, comparison, caller. */
const measureKeyChecks: BenchPart = async ({ effort, progress }) => {
  const keys = Array.from({ length: KEYS }, newKey);
  const rows = new Map(keys.map(({ row }) => [row.id, row]));
  const verifier = new KeyVerifier({
    read: (id) => Promise.resolve(rows.get(id) ?? null),
    onUse: () => {},
    onFailure: () => {},
  });
  for (const { token } of keys) await verifier.verify(token);
  const perSecond: number[] = [];
  const perProcessorSecond: number[] = [];
  for (let round = 0; round <= effort.loadRounds; round++) {
    progress(`key checks, round ${round} of ${effort.loadRounds}`);
    const startedAtMs = performance.now();
    const usedBefore = process.cpuUsage();
    for (let check = 0; check < CHECKS; check++) {
      const found = verifier.verify(keys[check % KEYS]!.token);
      // As a request does, which goes on in a later turn.
      if (found instanceof Promise) await found;
    }
    const elapsedMs = performance.now() - startedAtMs;
    const { user, system } = process.cpuUsage(usedBefore);
    if (round > 0) {
      perSecond.push(CHECKS / elapsedMs * 1_000);
      perProcessorSecond.push(CHECKS / (user + system) * 1_000_000);
    }
    await new Promise((resolve) => setTimeout(resolve));
  }
  const row = { part: "accounts", unit: "calls/s" } as const;
  return [
    measurement("API key check, in use", perSecond, {
      ...row,
      note: `${KEYS} keys in turn, read again every second`,
    }),
    measurement("API key check, by processor time", perProcessorSecond, {
      ...row,
      note: "not less where others are busy",
    }),
  ];
};

function newKey(): { readonly row: KeyRow; readonly token: string } {
  const id = newId("key");
  const { token, hash, hint } = newToken(id);
  const row: KeyRow = {
    ...{ id, owner_id: "bench", user_id: null, name: "bench", secret_hash: hash, hint },
    ...{ scopes: ["tools:execute"], collections: null, ceiling: {}, tier: "FREE" },
    ...{ expires_at: null, revoked_at: null, replaced_by: null, last_used_at: null },
    ...{ rate_limits: null, rates_replace_tier: false, rates_counted_as: null },
    created_at: new Date(),
  };
  return { row, token };
}
