import assert from "node:assert/strict";
import { hasLevel, HostileSandbox } from "../support/hostile_sandbox.ts";
import { makeItTalk } from "../support/make_it_talk.ts";
import { ATTACK_LIMITS } from "./attacks/attack.ts";
import { SPY_SOURCE } from "./attacks/spy_source.ts";

const limits = { ...ATTACK_LIMITS, outputBytes: 1024 * 1024 };

for (const level of ["bubblewrap", "permissions"] as const) {
  Deno.test({
    name: `${level}: a tool that spies on the whole language finds no secret of the frames`,
    // A machine may lack the programs that this level needs; CI has them.
    ignore: !await hasLevel(level),
    async fn() {
      await using world = await HostileSandbox.open({ level });
      await using spy = await world.load(SPY_SOURCE, { limits });
      const { found, messages } = await makeItTalk(spy, limits);
      assert.deepEqual(found, { stolen: 0, channel: false, sawBodies: true, sawBytes: true });
      assert.ok(!messages.includes("FORGED"));
    },
  });
}
