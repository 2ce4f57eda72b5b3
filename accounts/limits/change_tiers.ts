import type { AnySql } from "../../registry/database/database.ts";
import { type Tier, TIERS } from "../../spec/account.ts";
import { RATE_CLASSES, type RateOverrides } from "../../spec/rate_limit.ts";
import { type Actor, writeAudit } from "../audit/write_audit.ts";
import { requirePermission } from "../require_permission.ts";
import { readTierLimits } from "./read_tier_limits.ts";
import type { TierLimits } from "./tier_limits.ts";

/** Limits of some classes of some tiers. */
export type TierOverrides = Readonly<Partial<Record<Tier, RateOverrides>>>;

/** What is changed, and what becomes of the rest. */
export interface TierChange {
  readonly limits: TierOverrides;
  /** Whether what `limits` leaves out stays as it is, or gets the default again. */
  readonly rest: "stays" | "default";
}

/**
 * Changes what tiers are given. The first lock makes changes come one after another.
 * @returns All limits as they are then.
 * @throws {AirlockError} `permission_denied` without the scope `admin`.
 */
export async function changeTiers(
  tx: AnySql,
  actor: Actor,
  { limits, rest }: TierChange,
): Promise<TierLimits> {
  requirePermission(actor.caller, "write", {
    ...{ kind: "system", tenant: null, visibility: "private" },
  });
  await tx`lock table tier_limit in share row exclusive mode`;
  const before = await readTierLimits(tx);
  if (rest === "default") await tx`delete from tier_limit`;
  for (const tier of TIERS) {
    for (const rateClass of RATE_CLASSES) {
      const wish = limits[tier]?.[rateClass];
      if (wish === undefined) continue;
      await tx`
        insert into tier_limit (tier, rate_class, rate_limit, window_ms)
        values (${tier}, ${rateClass}, ${wish.limit}, ${wish.windowMs})
        on conflict (tier, rate_class) do update
          set rate_limit = excluded.rate_limit, window_ms = excluded.window_ms`;
    }
  }
  const after = await readTierLimits(tx);
  for (const tier of TIERS) await noteChange(tx, actor, { tier, before, after });
  return after;
}

/** One line for each tier that changed, with what changed in it. */
async function noteChange(
  tx: AnySql,
  actor: Actor,
  { tier, before, after }: {
    readonly tier: Tier;
    readonly before: TierLimits;
    readonly after: TierLimits;
  },
): Promise<void> {
  const changed = RATE_CLASSES.filter((one) => {
    const [was, is] = [before[tier][one], after[tier][one]];
    return was.limit !== is.limit || was.windowMs !== is.windowMs;
  });
  if (changed.length === 0) return;
  await writeAudit(tx, actor, {
    action: "tier.changed",
    subject: { kind: "tier", id: tier },
    details: Object.fromEntries(changed.map((one) => [one, { ...after[tier][one] }])),
  });
}
