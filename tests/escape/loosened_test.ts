import assert from "node:assert/strict";
import { ATTACK_GROUPS } from "./attack_groups.ts";
import { AttackRange } from "./attack_range.ts";
import { buildLooseGuest, NO_WALLS } from "./loose_guest.ts";
import { withEveryPermission } from "./loose_command.ts";

// Each attack must gain something from a process without walls: only then does it say something
// that it gains nothing from a sandbox.
for (const { group, attacks } of ATTACK_GROUPS) {
  Deno.test(`${group}: succeed without walls`, async (test) => {
    await using range = await AttackRange.open({
      level: "permissions",
      command: withEveryPermission,
      guest: (directory) => buildLooseGuest(directory, NO_WALLS),
    });
    for (const attack of attacks) {
      await test.step({
        name: `${attack.name}${attack.harmlessWhenLoose ? `: ${attack.harmlessWhenLoose}` : ""}`,
        // It gains nothing from any Deno process; its name says why.
        ignore: attack.harmlessWhenLoose !== undefined,
        async fn() {
          const outcome = await range.attempt(attack);
          const damage = await range.damage();
          await range.repair();
          assert.ok(outcome.gained !== null || damage.length > 0, outcome.refusal);
        },
      });
    }
  });
}
