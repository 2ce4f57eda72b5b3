import assert from "node:assert/strict";
import type { IsolationLevel } from "../../spec/sandbox.ts";
import { AttackRange, whyAbsent } from "./attack_range.ts";
import { ATTACK_GROUPS } from "./attack_groups.ts";

const LEVELS: readonly IsolationLevel[] = ["permissions", "bubblewrap"];

for (const level of LEVELS) {
  const absent = await whyAbsent(level);
  for (const { group, attacks } of ATTACK_GROUPS) {
    Deno.test({
      name: `${group}: contained at ${level}${absent === null ? "" : ` (absent: ${absent})`}`,
      // Not on this machine; its name says why.
      ignore: absent !== null,
      async fn(test) {
        await using range = await AttackRange.open({ level });
        for (const attack of attacks) {
          const heldBy = level === "bubblewrap" ? undefined : attack.heldBy;
          const name = heldBy === undefined ? attack.name : `${attack.name} (held by ${heldBy})`;
          await test.step({
            name,
            // Another wall holds it here, named beside it; that one has tests of its own.
            ignore: heldBy !== undefined,
            fn: async () => {
              const outcome = await range.attempt(attack);
              assert.equal(outcome.gained, null);
              assert.deepEqual(await range.damage(), [], outcome.refusal);
            },
          });
        }
      },
    });
  }
}
