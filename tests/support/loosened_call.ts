import assert from "node:assert/strict";
import type { EgressPort } from "../../spec/egress.ts";
import type { Limits } from "../../spec/limits.ts";
import type { IsolationLevel } from "../../spec/sandbox.ts";
import { ATTACK_LIMITS } from "../abuse/attacks/attack.ts";
import { type AttackOutcome, HostileSandbox, type LoadedAttack } from "./hostile_sandbox.ts";
import { loosened, type Loosenings } from "./loosened_build.ts";

/** What is loaded into a loosened sandbox. */
export interface LoosenedModule {
  readonly source: string;
  readonly limits: Limits;
  readonly level?: IsolationLevel;
}

/** Loads a module where `loosenings` are taken out, and ends its sandbox after `use`. */
export async function withLoosened(
  loosenings: Loosenings,
  { source, limits, level = "permissions" }: LoosenedModule,
  use: (loaded: LoadedAttack) => Promise<void>,
): Promise<void> {
  await using world = await HostileSandbox.open({ level, makeRuntime: loosened(loosenings) });
  await using loaded = await world.load(source, { limits });
  await use(loaded);
}

/** Calls `attack` of a module where `loosenings` are taken out. */
export async function callLoosened(
  loosenings: Loosenings,
  source: string,
  { level = "permissions" }: { level?: IsolationLevel } = {},
): Promise<AttackOutcome> {
  let outcome: AttackOutcome | undefined;
  await withLoosened(loosenings, { source, limits: ATTACK_LIMITS, level }, async (loaded) => {
    outcome = await loaded.call({ limits: ATTACK_LIMITS, egress: DEAF });
  });
  assert.ok(outcome !== undefined);
  return outcome;
}

/** Takes a request and reads nothing of it. */
const DEAF: EgressPort = { request: () => new Promise(() => {}) };

/** Checks how a call failed. The loosened host has an error class of its own, so only the code tells. */
export function failsWithCode({ error, report }: AttackOutcome, code: string): void {
  assert.equal(report, undefined, JSON.stringify(report));
  assert.ok(error instanceof Error);
  assert.equal(Reflect.get(error, "code"), code, error.message);
}
