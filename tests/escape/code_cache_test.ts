import assert from "node:assert/strict";
import type { Attack } from "./attack.ts";
import { AttackRange, whyAbsent } from "./attack_range.ts";
import { looseCommand } from "./loose_command.ts";
import { buildLooseGuest, NO_WALLS } from "./loose_guest.ts";

const absent = await whyAbsent("bubblewrap");

/** Plants what the next sandbox would run, where compiled code lies. */
const PLANT: Attack = {
  name: "planting compiled code",
  code: `Deno.writeTextFileSync("/airlock/cache/v8_code_cache_v2", "planted");
    return Deno.readTextFileSync("/airlock/cache/v8_code_cache_v2");`,
};

/** What a tool gets and leaves behind, with every permission and a cache to `read` or to `fill`. */
async function plant(to: "read" | "fill"): Promise<{ gained: unknown; left: string[] }> {
  const directory = await Deno.makeTempDir({ prefix: "airlock-cache-" });
  try {
    const loose = looseCommand({
      without: ["--allow-read", "--no-npm", "--no-remote", "--deny-import"],
      with: ["--allow-all"],
    });
    await using range = await AttackRange.open({
      level: "bubblewrap",
      command: (options) => loose({ ...options, codeCache: { directory, to } }),
      guest: (into) => buildLooseGuest(into, NO_WALLS),
    });
    const { gained } = await range.attempt(PLANT);
    return { gained, left: [...Deno.readDirSync(directory)].map(({ name }) => name) };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test({
  name: "compiled code is out of a tool's reach, unless its process was started to fill it",
  // No bubblewrap on this machine.
  ignore: absent !== null,
  async fn() {
    assert.deepEqual(await plant("read"), { gained: null, left: [] });
    const { gained, left } = await plant("fill");
    assert.equal(gained, "planted");
    assert.ok(left.includes("v8_code_cache_v2"));
  },
});
