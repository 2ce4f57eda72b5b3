import assert from "node:assert/strict";
import { notFound } from "../../accounts/require_permission.ts";
import { sharedUri } from "../../mcp/library/shared_uri.ts";
import { userCaller } from "../../tests/support/callers.ts";
import { failsWith } from "../../tests/support/fails_with.ts";
import { settles } from "../../tests/support/remote_world.ts";
import type { McpChange } from "../../spec/mcp_changes.ts";
import type { McpAudience } from "../../spec/mcp_source.ts";
import { ChangeDesk } from "./change_desk.ts";

const ANN: McpAudience = { caller: userCaller(), collectionId: "col_1" };
const BOB: McpAudience = { caller: userCaller({ tenant: "ten_b" }), collectionId: "col_1" };
const OTHER: McpAudience = { caller: userCaller(), collectionId: "col_2" };
const ALL: McpAudience = { caller: userCaller(), collectionId: null };

const TARGET = {
  ...{ serverId: "srv_1", collectionId: "col_1", tenant: "ten_a" },
  place: { kind: "command", command: [] },
} as const;

/** A desk whose collection 1 is served to everybody, with one server that everybody may use. */
function open(closedTo: ReadonlySet<McpAudience> = new Set()) {
  const stop = new AbortController();
  const served = [{ server: { row: { id: "srv_1" } }, collection: { id: "col_1" } }] as never;
  let stays = 0;
  const desk = new ChangeDesk({
    ...{ stop: stop.signal, settleMs: 0 },
    collections: {
      servedTo: (caller, collectionId) =>
        [...closedTo].some((one) => one.caller === caller && one.collectionId === collectionId)
          ? Promise.reject(notFound("collection"))
          : Promise.resolve([{ id: collectionId ?? "col_1" }] as never),
    },
    reach: {
      librariesFor: (audience) => Promise.resolve(audience === OTHER ? [] : served),
      stay(_served, { signal }) {
        stays++;
        return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
      },
    },
  });
  const follow = (audience: McpAudience) => {
    const told: McpChange[] = [];
    desk.follow(audience, (change) => told.push(change));
    return told;
  };
  return { desk, follow, stays: () => stays, [Symbol.dispose]: () => stop.abort() };
}

Deno.test("ChangeDesk tells of a resource only whom the server was asked for, and who may still use it", async () => {
  using world = open();
  const [ann, bob, other, all] = [ANN, BOB, OTHER, ALL].map(world.follow);
  world.desk.serverChanged(TARGET, { kind: "resource", uri: "x://1" });
  const change = { kind: "resource", uri: sharedUri({ serverId: "srv_1", uri: "x://1" }) };
  await settles(() => Promise.resolve(assert.deepEqual([ann, all], [[change], [change]])));
  assert.deepEqual([bob, other], [[], []]);
});

Deno.test("ChangeDesk tells of lists whom they are served to now", async () => {
  using world = open(new Set([BOB]));
  const [ann, bob, other, all] = [ANN, BOB, OTHER, ALL].map(world.follow);
  world.desk.listsChanged("col_1");
  world.desk.listsChanged("col_1");
  const kinds = [{ kind: "tools" }, { kind: "resources" }, { kind: "prompts" }];
  await settles(() => Promise.resolve(assert.deepEqual([ann, all], [kinds, kinds])));
  assert.deepEqual([bob, other], [[], []]);
});

Deno.test("ChangeDesk watches a resource once for an account, and none that is not seen", async () => {
  using world = open();
  const uri = sharedUri({ serverId: "srv_1", uri: "x://1" });
  const first = await world.desk.watch(ANN, uri);
  const second = await world.desk.watch(ALL, uri);
  assert.equal(world.stays(), 1);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  await world.desk.watch(ANN, uri);
  assert.equal(world.stays(), 1, "the second one still watches");
  second[Symbol.dispose]();
  await failsWith(world.desk.watch(OTHER, uri), { code: "not_found" });
  await failsWith(world.desk.watch(ANN, "http://169.254.169.254/"), { code: "not_found" });
});
