import type { SandboxUsage } from "../../spec/sandbox.ts";
import type { PoolPolicy } from "./pool_policy.ts";
import type { RetireReason } from "./pool_request.ts";
import type { Slot } from "./slot.ts";

/** Why a sandbox whose last call went well must not get another one; `null` when it may. */
export function wornOut(
  slot: Slot,
  options: { readonly policy: PoolPolicy; readonly nowMs: number },
): RetireReason | null {
  if (slot.uses >= options.policy.maxUses) return "uses";
  if (options.nowMs - slot.bornMs >= options.policy.maxAgeMs) return "age";
  return null;
}

/**
 * The shortest time from which a rate of CPU use is believed: it is counted in steps of 10 ms, and
 * right after a call the engine still collects garbage.
 */
const SHORTEST_RATE_MS = 250;

/**
 * Judges a look at a sandbox's use of the machine, and keeps what later looks compare with.
 * `wasIdle` tells that no call ran between asking and answer.
 */
export function judgeUsage(
  slot: Slot,
  look: {
    readonly usage: SandboxUsage;
    readonly nowMs: number;
    readonly wasIdle: boolean;
    readonly policy: PoolPolicy;
  },
): RetireReason | null {
  const { usage, nowMs, policy } = look;
  const track = slot.usage;
  track.baselineRssBytes ??= usage.rssBytes;
  if (usage.rssBytes - track.baselineRssBytes > policy.maxRssGrowthBytes) return "memory";
  if (!look.wasIdle) return null;
  const before = track.idleCpu;
  if (before === null) {
    track.idleCpu = { atMs: nowMs, cpuMs: usage.cpuMs };
    return null;
  }
  const elapsedMs = nowMs - before.atMs;
  if (elapsedMs < SHORTEST_RATE_MS) return null;
  const perSecond = (usage.cpuMs - before.cpuMs) / elapsedMs * 1_000;
  if (perSecond > policy.idleCpuMsPerSecond) return "background-cpu";
  track.idleCpu = { atMs: nowMs, cpuMs: usage.cpuMs };
  return null;
}
