import assert from "node:assert/strict";
import { chooseExecutor } from "./choose_executor.ts";

const LOCAL = { kind: "local" } as const;
const remote = (name: string, tokenSecret: string | null = null) =>
  ({ kind: "remote", url: `https://${name}.example`, tokenSecret }) as const;
const SYSTEM = { kind: "remote", url: "https://system.example" } as const;

Deno.test("chooseExecutor() asks the agent, then the collection, then the system", () => {
  const cases = [
    [{}, SYSTEM],
    [{ agent: null, collection: null }, SYSTEM],
    [{ collection: LOCAL }, LOCAL],
    [{ collection: remote("c") }, { kind: "remote", url: "https://c.example" }],
    [{ agent: remote("a"), collection: LOCAL }, { kind: "remote", url: "https://a.example" }],
    [{ agent: LOCAL, collection: remote("c") }, LOCAL],
  ] as const;
  for (const [cascade, expected] of cases) {
    assert.deepEqual(chooseExecutor({ ...cascade, system: SYSTEM }), expected);
  }
});

Deno.test("chooseExecutor() takes the token from the secret that is named, and from no other", () => {
  const secrets = { T: "the-token", OTHER: "x" };
  const collection = remote("c", "T");
  assert.deepEqual(chooseExecutor({ collection, system: LOCAL, secrets }), {
    ...{ kind: "remote", url: "https://c.example" },
    token: "the-token",
  });
  assert.ok(!("token" in chooseExecutor({ collection, system: LOCAL })));
  assert.ok(!("token" in chooseExecutor({ collection: remote("c"), system: LOCAL, secrets })));
});
