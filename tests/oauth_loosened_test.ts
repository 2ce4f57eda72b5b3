import assert from "node:assert/strict";
import type * as accountsWorld from "./support/accounts_world.ts";
import { SourceCopy } from "./support/loosened_copy.ts";
import { OAUTH_ATTACKS } from "./support/oauth_attacks.ts";
import type * as oauthWorld from "./support/oauth_world.ts";

/** What a gateway is made of, and what tests look at it with. */
const FOLDERS = [
  ...[
    "accounts",
    "bridge",
    "config",
    "engine",
    "gateway",
    "mcp",
    "registry",
    "runtime",
    "sandboxes",
    "spec",
  ],
  ...["vendor", "tests/support"],
];

/** Name of the attack whose line is taken out, in the copy and here. */
const SWITCH = "airlockLoosened";

function takeOut(name: string | undefined): void {
  Object.assign(globalThis, { [SWITCH]: name });
}

Deno.test("attacks on signing in fail, and each works without the one line that stops it", async (t) => {
  const directory = await Deno.makeTempDir({ prefix: "airlock-loosened-" });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  stack.defer(() => takeOut(undefined));
  // One copy in which each line can be taken out: to load one for each would take minutes.
  const loosenings = OAUTH_ATTACKS.map(({ name, loosening }) => ({
    ...loosening,
    to: loosening.to.replace("LOOSENED", `(globalThis.${SWITCH} === ${JSON.stringify(name)})`),
  }));
  const copy = await SourceCopy.make(directory, { loosenings, folders: FOLDERS });
  const { AccountsWorld } = await copy.load<typeof accountsWorld>(
    "tests/support/accounts_world.ts",
  );
  const tools = await copy.load<typeof oauthWorld>("tests/support/oauth_world.ts");
  const world = stack.use(await AccountsWorld.open());
  await tools.fillWorld(world);
  for (const { name, run } of OAUTH_ATTACKS) {
    await t.step(name, async () => {
      takeOut(undefined);
      assert.equal(await run({ world, tools }), false, "it works as it is");
      takeOut(name);
      assert.equal(await run({ world, tools }), true, "it fails without the line as well");
    });
  }
});
