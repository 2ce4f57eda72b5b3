// A gateway with accounts, as tests have it, whose bridges may be called as often as a benchmark does.
// Says on one line of stdout where it is and how to get in; ends with its stdin.
import { BRIDGE_LIMITS } from "../../gateway/bridge/bridge_limits.ts";
import { BridgeWorld } from "../../tests/support/bridge_world.ts";
import { userCaller } from "../../tests/support/callers.ts";
import { TEST_DATABASE_KINDS } from "../../tests/support/test_database.ts";

const others = Number(Deno.args[0]);
const kind = TEST_DATABASE_KINDS.includes("postgres") ? "postgres" : "pglite";
const callsPerMinute = { FREE: 0, PRO: 0, ENTERPRISE: 1_000_000_000 };
await using world = await BridgeWorld.open({ kind, limits: { ...BRIDGE_LIMITS, callsPerMinute } });
const otherKeys: string[] = [];
for (let other = 0; other < others; other++) {
  const caller = userCaller({ tenant: `ten_${other}` });
  otherKeys.push((await world.world.makeKey(caller, { scopes: ["bridge:connect"] })).token);
}
const { url, key, me: { tenant } } = world;
Deno.stdout.writeSync(
  new TextEncoder().encode(`${JSON.stringify({ url, key, tenant, otherKeys, kind })}\n`),
);
await Deno.stdin.readable.pipeTo(new WritableStream());
