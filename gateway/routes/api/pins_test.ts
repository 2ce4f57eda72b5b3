import assert from "node:assert/strict";
import type { OpenCode } from "../../pins/open_code.ts";
import { enterPin } from "../../../registry/pins/enter_pin.ts";
import { recordChange } from "../../../registry/pins/record_change.ts";
import { type PinnedArtifact, toolState } from "../../../registry/pins/tool_state.ts";
import { AirlockError } from "../../../spec/errors.ts";
import type { ToolState } from "../../../spec/pin.ts";
import { AccountsWorld } from "../../../tests/support/accounts_world.ts";
import { keyCaller } from "../../../tests/support/callers.ts";
import { sampleManifest, sampleResolved } from "../../../tests/support/sample_artifact.ts";

function artifactOf(version: string): PinnedArtifact {
  return {
    manifest: sampleManifest({ resolved: sampleResolved({ version }) }),
    lock: { packages: { [`sample@${version}`]: `sha512-${version}` }, modules: {} },
  };
}

function stateOf(version: string): ToolState {
  const state = toolState(artifactOf(version), "echo");
  assert.ok(state !== null);
  return state;
}

/** Versions 1.0.0 and 1.1.0 of a package, and nothing else. */
const openCode: OpenCode = ({ packageName, version = "1.1.0" }) => {
  if (packageName !== "sample" || !["1.0.0", "1.1.0"].includes(version)) {
    return Promise.reject(new AirlockError("artifact_failed", "Fetching: there is none"));
  }
  const code = version === "1.0.0" ? "one\n" : 'one\nfetch("https://new.example")\n';
  return Promise.resolve({
    ...artifactOf(version),
    files: () => Promise.resolve(new Map([["sample/index.js", code]])),
    [Symbol.dispose]() {},
  });
};

const PINS = "/api/collections/col_1/pins";

async function openWorld() {
  const world = await AccountsWorld.open({ gateway: { openCode } });
  const { sql } = world.database;
  await sql`
    insert into collection (id, owner_id, slug, name) values ('col_1', 'local', 'one', 'One')`;
  const entry = { collectionId: "col_1", toolId: "tool_1", by: null };
  const pin = await enterPin(sql, { ...entry, ownerId: "local", state: stateOf("1.0.0") });
  return { world, pin };
}

Deno.test("pins are listed, compared, and decided on over HTTP", async (t) => {
  const { world, pin } = await openWorld();
  await using _world = world;
  await t.step("a check holds back a new version", async () => {
    const checked = await world.ask(`${PINS}/tool_1/check`, { method: "POST" });
    const { change } = await checked.json();
    assert.deepEqual([checked.status, change.version, change.state], [200, "1.1.0", "waiting"]);
    const { items } = await (await world.ask(PINS)).json();
    assert.deepEqual(items.map(({ id }: { id: string }) => id), [pin.id]);
    assert.deepEqual([items[0].version, items[0].waiting[0].version], ["1.0.0", "1.1.0"]);
  });
  await t.step("the diff says what would change", async () => {
    const shown = await (await world.ask(`${PINS}/tool_1/diff`)).json();
    assert.equal(shown.expected, pin.stateHash);
    assert.deepEqual(shown.diff.lock.moved, ["sample 1.0.0 → 1.1.0"]);
    assert.deepEqual(shown.diff.hosts.added, ["new.example"]);
    assert.match(shown.diff.files.changed[0].patch, /\+fetch/);
  });
  const hashes = { expected: pin.stateHash, change: stateOf("1.1.0").stateHash };
  await t.step("only what was looked at can be decided on", async () => {
    const stale = { ...hashes, expected: "0".repeat(64) };
    const refused = await world.ask(`${PINS}/tool_1/accept`, { body: stale });
    assert.deepEqual([refused.status, (await refused.json()).code], [412, "precondition_failed"]);
    for (const body of [{}, { ...hashes, more: 1 }, { ...hashes, change: "x" }, [], "nonsense"]) {
      assert.equal((await world.ask(`${PINS}/tool_1/accept`, { body })).status, 400);
    }
  });
  await t.step("accepting is written down", async () => {
    const accepted = await world.ask(`${PINS}/tool_1/accept`, { body: hashes });
    const after = await accepted.json();
    assert.deepEqual([accepted.status, after.version, after.revision], [200, "1.1.0", 2]);
    const { items } = await (await world.ask("/api/audit")).json();
    assert.equal(items[0].action, "pin.accepted");
    assert.equal((await world.ask(`${PINS}/tool_1/reject`, { body: hashes })).status, 412);
  });
  await t.step("rejecting leaves the pin as it is", async () => {
    const now = stateOf("1.1.0");
    await recordChange(world.database.sql, { ...pin, ...now }, stateOf("1.2.0"));
    const body = { expected: now.stateHash, change: stateOf("1.2.0").stateHash };
    const { version } = await (await world.ask(`${PINS}/tool_1/reject`, { body })).json();
    assert.equal(version, "1.1.0");
  });
});

Deno.test("pins of others are not there, by any route", async () => {
  const { world, pin } = await openWorld();
  await using _world = world;
  await recordChange(world.database.sql, pin, stateOf("1.1.0"));
  const body = { expected: pin.stateHash, change: stateOf("1.1.0").stateHash };
  const scopes = ["collections:read", "collections:write"] as const;
  const stranger = await world.makeKey(keyCaller({ tenant: "ten_b" }), { scopes: [...scopes] });
  const key = stranger.token;
  const answers = async (toolId: string) => {
    const at = `${PINS}/${toolId}`;
    const asked = [
      await world.ask(`${at}/diff`, { key }),
      await world.ask(`${at}/check`, { key, method: "POST" }),
      await world.ask(`${at}/accept`, { key, body }),
      await world.ask(`${at}/reject`, { key, body }),
    ];
    return await Promise.all(asked.map(async (answer) => {
      const { code, error, suggestion } = await answer.json();
      return [answer.status, code, error, suggestion];
    }));
  };
  const real = await answers("tool_1");
  assert.deepEqual(real.map(([status]) => status), [404, 404, 404, 404]);
  assert.deepEqual(real, await answers("tool_none"), "nothing tells them apart");
  assert.equal((await world.ask(PINS, { key })).status, 404);
});

Deno.test("a key that may only read pins cannot decide", async () => {
  const { world, pin } = await openWorld();
  await using _world = world;
  const local = keyCaller({ tenant: "local" });
  const { token: key } = await world.makeKey(local, { scopes: ["collections:read"] });
  // Nothing waits. Who may decide has the latest version looked at, who may only read has not.
  assert.equal((await world.ask(`${PINS}/tool_1/diff`, { key })).status, 404);
  assert.deepEqual((await (await world.ask(PINS, { key })).json()).items[0].waiting, []);
  const found = await (await world.ask(`${PINS}/tool_1/diff`)).json();
  assert.deepEqual(found.diff.lock.moved, ["sample 1.0.0 → 1.1.0"]);
  assert.match(found.diff.files.changed[0].patch, /\+fetch/);
  assert.equal((await world.ask(`${PINS}/tool_1/diff`, { key })).status, 200);
  assert.equal((await (await world.ask(PINS, { key })).json()).items.length, 1);
  const body = { expected: pin.stateHash, change: stateOf("1.1.0").stateHash };
  assert.equal((await world.ask(`${PINS}/tool_1/accept`, { key, body })).status, 403);
  const elsewhere = await world.makeKey(local, {
    scopes: ["collections:read"],
    collections: ["col_2"],
  });
  const held = await world.ask(`${PINS}/tool_1/diff`, { key: elsewhere.token });
  assert.equal(held.status, 404);
});

Deno.test("odd ids in paths of pins are not found, and nothing worse", async () => {
  const { world } = await openWorld();
  await using _world = world;
  for (
    const id of ["..%2f..", "%00", "'; drop table tool_pin; --", "x".repeat(300), "%F0%9F%98%80"]
  ) {
    const path = encodeURI(`/api/collections/col_1/pins/${id}/diff`).replaceAll("%25", "%");
    assert.ok([400, 404].includes((await world.ask(path)).status), id);
  }
  assert.equal((await world.ask(`${PINS}?limit=0`)).status, 400);
});
