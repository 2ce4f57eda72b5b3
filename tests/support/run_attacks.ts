import assert from "node:assert/strict";
import { AirlockError, type ErrorCode } from "../../spec/errors.ts";
import type { Limits } from "../../spec/limits.ts";
import type { IsolationLevel } from "../../spec/sandbox.ts";
import { type Attack, ATTACK_LIMITS, type Containment } from "../abuse/attacks/attack.ts";
import { watchHost } from "./host_watch.ts";
import {
  type AttackOutcome,
  hasLevel,
  type HostileOptions,
  HostileSandbox,
} from "./hostile_sandbox.ts";
import { processesWith, type SeenProcess, unburied } from "./process_watch.ts";

/** Beyond a call's own deadline: what a busy machine may take to kill, bury and tell. */
const GRACE_MS = 10_000;
/** A gateway that answers nobody for longer has been stopped by a tool. */
const MAX_LAG_MS = 3_000;
const MAX_HOST_GROWTH_BYTES = 200 * 1024 * 1024;

const NEXT_TENANT = "export const add = ({ a, b }) => ({ sum: a + b });";

/** Where attacks are run, and what is different there. */
export interface AttackPlace {
  readonly levels: readonly IsolationLevel[];
  /** How the place is called in the names of tests. */
  readonly name?: string;
  /** The runtime under attack; Deno's where absent. */
  readonly makeRuntime?: HostileOptions["makeRuntime"];
  /** Attack → why it says nothing there. */
  readonly leftOut?: Readonly<Record<string, string>>;
  /** Attack → how it ends there, where that is not what it says itself. */
  readonly endings?: Readonly<Record<string, Containment>>;
  /** How an attack may end there wherever it may end with an error: with what it uses not there. */
  readonly lacking?: ErrorCode;
  /** After which attacks the next tenant is served; absent: each, at the first of several levels. */
  readonly tenantAfter?: "each" | "all";
}

/**
 * Registers one test for each level, in which every attack runs in a sandbox of its own and must
 * end as it says: within the deadline, the host well, no process and no file left, and the next
 * tenant served rightly.
 */
export async function testAttacks(
  title: string,
  attacks: readonly Attack[],
  place: AttackPlace = BOTH_LEVELS,
): Promise<void> {
  const { levels, name, makeRuntime, leftOut = {} } = place;
  for (const [index, level] of levels.entries()) {
    const tenantAfter = place.tenantAfter ?? (index === 0 ? "each" : "all");
    Deno.test({
      name: `${name === undefined ? "" : `${name}, `}${level} contains ${title}`,
      // A machine may lack the programs that this level needs; CI has them.
      ignore: !await hasLevel(level),
      async fn(test) {
        await using world = await HostileSandbox.open({ level, makeRuntime });
        for (const attack of attacks) {
          if (attack.levels?.includes(level) === false) continue;
          const reason = leftOut[attack.name];
          const contained = containedIn(place, attack);
          await test.step({
            name: reason === undefined ? attack.name : `${attack.name} (${reason})`,
            // Its name says why.
            ignore: reason !== undefined,
            async fn() {
              await contain(world, { ...attack, contained });
              if (tenantAfter !== "all") await serveNextTenant(world);
            },
          });
        }
        if (tenantAfter === "all") await serveNextTenant(world);
      },
    });
  }
}

function containedIn({ endings = {}, lacking }: AttackPlace, attack: Attack): Containment {
  const contained = endings[attack.name] ?? attack.contained;
  if (lacking === undefined || contained.codes === undefined) return contained;
  return { ...contained, codes: [...contained.codes, lacking] };
}

const BOTH_LEVELS: AttackPlace = { levels: ["bubblewrap", "permissions"] };

/** For what cannot leave its realm, which is the same at every level. */
export const ONE_LEVEL: AttackPlace = { levels: ["permissions"] };

/** Runs one attack and checks all that must hold afterwards, but for the next tenant. */
export async function contain(world: HostileSandbox, attack: Attack): Promise<void> {
  const limits: Limits = { ...ATTACK_LIMITS, ...attack.limits };
  const seen: SeenProcess[] = [];
  const host = watchHost();
  const outcome = await run(world, attack, { limits, seen });
  const health = host.stop();
  judge(outcome, attack.contained);
  assert.ok(
    outcome.elapsedMs < limits.timeoutMs + GRACE_MS,
    `took ${outcome.elapsedMs} ms of ${limits.timeoutMs}`,
  );
  assert.ok(health.lagMs < MAX_LAG_MS, `the host stood still for ${health.lagMs} ms`);
  assert.ok(
    health.heldGrowthBytes < MAX_HOST_GROWTH_BYTES,
    `the host grew by ${health.heldGrowthBytes} bytes`,
  );
  assert.ok(outcome.logs.reduce((sum, { message }) => sum + message.length, 0) <= limits.logBytes);
  assert.ok(seen.length > 0, "saw no process of the sandbox");
  assert.deepEqual(await unburied(seen), [], "a process is left");
  assert.deepEqual(processesWith(world.directory), [], "a process is left");
  assert.deepEqual(world.leftovers(), [], "a file is left");
}

async function run(
  world: HostileSandbox,
  attack: Attack,
  { limits, seen }: { limits: Limits; seen: SeenProcess[] },
): Promise<AttackOutcome> {
  const startedAt = performance.now();
  try {
    await using loaded = await world.load(attack.source, {
      limits,
      loadTimeoutMs: attack.whileLoading ? limits.timeoutMs : undefined,
      onCreated: () => void seen.push(...processesWith(world.directory)),
    });
    const outcome = await loaded.call({ params: attack.params, limits });
    seen.push(...processesWith(world.directory));
    return outcome;
  } catch (error) {
    if (!attack.whileLoading) throw error;
    return { error, logs: [], chunks: [], elapsedMs: performance.now() - startedAt };
  }
}

function judge({ error, report }: AttackOutcome, contained: Containment): void {
  const { codes, limit, output, mayAnswer } = contained;
  if (mayAnswer && error === undefined) return;
  if (codes === undefined) {
    assert.equal(error, undefined, `it failed: ${error}`);
    if (output !== undefined) assert.deepEqual(report?.output, output);
    return;
  }
  assert.ok(error instanceof AirlockError, `answered ${JSON.stringify(report)}, or ${error}`);
  assert.ok(codes.includes(error.code), `${error.code}: ${error.message}`);
  assert.ok(error.stage !== undefined);
  assert.ok(error.message.length < 10_000);
  if (limit !== undefined) assert.equal(error.details["limit"], limit, error.message);
}

/** Checks that the world still runs a harmless module. */
async function serveNextTenant(world: HostileSandbox): Promise<void> {
  await using next = await world.load(NEXT_TENANT, { limits: ATTACK_LIMITS });
  const { report, error } = await next.call({
    toolName: "add",
    params: { a: 2, b: 3 },
    limits: ATTACK_LIMITS,
  });
  assert.deepEqual(report?.output, { sum: 5 }, `the next tenant got ${error}`);
}
