import assert from "node:assert/strict";
import { hearChanges } from "./hear_changes.ts";

/** What handlers are told of what is said on the channel. */
async function heardOf(payloads: readonly string[]): Promise<unknown[]> {
  const heard: unknown[] = [];
  let say: (payload: string) => void = () => assert.fail("nobody listens");
  const database = {
    hear(channel: string, listener: (payload: string) => void) {
      assert.equal(channel, "airlock_changes");
      say = listener;
      return { [Symbol.asyncDispose]: () => Promise.resolve() };
    },
  };
  await using _ = hearChanges(database, {
    onKey: (id) => heard.push({ key: id }),
    onSecrets: (place) => heard.push(place),
    onTiers: () => heard.push("tiers"),
    onPeople: () => heard.push("people"),
    onPin: (pin) => heard.push(pin),
    onLists: (collection) => heard.push({ collection }),
  });
  for (const payload of payloads) say(payload);
  return heard;
}

Deno.test("hearChanges() tells which key, secrets, pin, lists, tiers or people were changed", async () => {
  const heard = await heardOf([
    '{"kind":"key","id":"key_1"}',
    '{"kind":"secrets","owner_id":"ada","collection_id":null}',
    '{"kind":"pin","collection_id":"col_1","tool_id":"tool_1"}',
    '{"kind":"lists","collection_id":"col_1"}',
    '{"kind":"tiers"}',
    '{"kind":"people"}',
  ]);
  assert.deepEqual(heard, [
    { key: "key_1" },
    { tenant: "ada", collectionId: null },
    { collectionId: "col_1", toolId: "tool_1" },
    { collection: "col_1" },
    "tiers",
    "people",
  ]);
});

Deno.test("hearChanges() leaves alone what it does not understand", async () => {
  const said = ["", "nonsense", "null", "[]", '{"kind":"later"}', '{"kind":"pin","tool_id":1}'];
  assert.deepEqual(await heardOf(said), []);
});
