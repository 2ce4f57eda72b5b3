import assert from "node:assert/strict";
import { FakeUpstream } from "./support/fake_upstream.ts";
import { addServer, ALICE, call, listed, RemoteWorld, settles } from "./support/remote_world.ts";

/** How many servers of each kind, and how each goes wrong. */
const KINDS = { healthy: 30, hanging: 5, flapping: 5, dead: 10 };

/** How long one that is unsteady is up, and then down. */
const FLAP_MS = 400;

const LISTS = 40;

/** Longest that a list may take, as half of them do. */
const LIST_MS = 50;

/** A gateway with a collection of 50 servers that all went well once. */
async function openWorld() {
  await using stack = new AsyncDisposableStack();
  const state = { isTrouble: false };
  const world = stack.use(
    await RemoteWorld.open({
      // No connection survives what comes, and lists are read again at every call.
      limits: { connectTimeoutMs: 2_000, listTimeoutMs: 2_000, listTtlMs: 0, backoffMs: 50 },
    }),
  );
  const { collectionId } = world;
  const ask = world.asking({ ...ALICE, tier: "ENTERPRISE" });
  const answers = {
    hanging: () => state.isTrouble ? new Promise<undefined>(() => {}) : undefined,
    flapping: () => {
      const isDown = state.isTrouble && Math.floor(performance.now() / FLAP_MS) % 2 === 0;
      return isDown ? new Response("no", { status: 503 }) : undefined;
    },
  };
  const servers: FakeUpstream[] = [];
  for (const [kind, count] of Object.entries(KINDS)) {
    for (let index = 0; index < count; index++) {
      const answer = kind === "hanging" || kind === "flapping" ? answers[kind] : undefined;
      const server = new FakeUpstream({ answer });
      servers.push(server);
      if (kind !== "dead") stack.use(server);
      const wish = { name: `${kind}${index}`, url: server.url, timeoutMs: 1_500 };
      const { failure } = await addServer(ask, collectionId, wish);
      assert.equal(failure, null);
    }
  }
  for (const server of servers.slice(-KINDS.dead)) await server[Symbol.asyncDispose]();
  state.isTrouble = true;
  const owned = stack.move();
  return { world, ask, collectionId, [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose]() };
}

Deno.test("no server that is dead, slow or unsteady hides or delays another", async (t) => {
  await using many = await openWorld();
  const { world, ask, collectionId } = many;
  const { sql } = world.accountsWorld.database;
  // As if the last look at each were long ago: every list begins to ask them all.
  await sql`update mcp_server set checked_at = now() - interval '1 hour'`;
  const total = Object.values(KINDS).reduce((sum, count) => sum + count, 0);
  await t.step(`all tools are listed, in ${LIST_MS} ms`, async () => {
    await settles(async () => assert.equal((await listed(ask, collectionId)).length, 3));
    // Meta-tools stand for as many as these: they are asked for as they are.
    await sql`update collection set meta_tools = 'off'`;
    await settles(async () => assert.equal((await listed(ask, collectionId)).length, total));
    const times: number[] = [];
    for (let list = 0; list < LISTS; list++) {
      const beganMs = performance.now();
      assert.equal((await listed(ask, collectionId)).length, total);
      times.push(performance.now() - beganMs);
    }
    times.sort((one, other) => one - other);
    const median = times[LISTS / 2]!;
    assert.ok(median <= LIST_MS, `${Math.round(median)} ms, at most ${Math.round(times.at(-1)!)}`);
  });
  const names = (kind: keyof typeof KINDS) =>
    Array.from({ length: KINDS[kind] }, (_, index) => `${kind}${index}--who`);
  await t.step("each call of a healthy one is right, while calls of others fail", async () => {
    const troubled = (["hanging", "dead"] as const).flatMap(names);
    const failing = Promise.all(troubled.map((name) => call(ask, collectionId, { name })));
    const healthy = await Promise.all(
      names("healthy").map((name) => call(ask, collectionId, { name, args: { name } })),
    );
    for (const [index, { result, error }] of healthy.entries()) {
      assert.ok(result !== undefined, JSON.stringify(error));
      const { args } = JSON.parse(result.content[0]!.text);
      assert.equal(args.name, `healthy${index}--who`);
    }
    for (const [index, { error }] of (await failing).entries()) {
      const expected = troubled[index]!.startsWith("dead")
        ? ["upstream_failed"]
        : ["deadline_exceeded", "upstream_failed"];
      assert.ok(
        expected.includes(error?.data.code ?? ""),
        `${troubled[index]}: ${error?.data.code}`,
      );
      assert.ok(error?.data.suggestion !== undefined);
    }
  });
  await t.step("an unsteady one answers when it is asked again", async () => {
    for (const name of names("flapping")) {
      await settles(async () => {
        assert.ok((await call(ask, collectionId, { name })).result !== undefined);
      }, 10_000);
    }
  });
  await t.step("those that fail are marked, and stay listed", async () => {
    await settles(async () => {
      const tools = await listed(ask, collectionId);
      assert.equal(tools.length, total);
      const dead = tools.filter(({ name }) => name.startsWith("dead"));
      for (const { _meta } of dead) assert.equal(_meta["io.airlock/tool"]["standing"], "failing");
    }, 30_000);
  });
});
