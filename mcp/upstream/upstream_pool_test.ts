import assert from "node:assert/strict";
import { failsWith } from "../../tests/support/fails_with.ts";
import { FakeUpstream } from "../../tests/support/fake_upstream.ts";
import {
  targetOf,
  upstreamPool,
  upstreamTools,
  urlPlace,
} from "../../tests/support/upstream_world.ts";
import type { McpToolResult } from "../../spec/mcp_content.ts";
import type { UpstreamPool, UpstreamPoolOptions } from "./upstream_pool.ts";
import type { UpstreamTarget } from "./upstream_target.ts";

const SIGNAL = new AbortController().signal;

async function who(pool: UpstreamPool, target: UpstreamTarget) {
  const result: McpToolResult = await pool.use(target, {
    signal: SIGNAL,
    work: (upstream) =>
      upstream.callTool({
        ...{ name: "who", args: {}, signal: SIGNAL, timeoutMs: 5_000 },
        ...{ onLog: () => {}, onProgress: () => {} },
      }),
  });
  const [part] = result.content;
  assert.ok(part?.type === "text");
  return JSON.parse(part.text) as { authorization: string; session: string };
}

/** Whether two users of one server, with credentials of their own, are kept apart. */
async function assertKeptApart(more: Partial<UpstreamPoolOptions> = {}): Promise<void> {
  await using server = new FakeUpstream();
  await using pool = upstreamPool(upstreamTools({ allow: [`127.0.0.1:${server.port}`] }), more);
  const targets = ["alice", "bob"].flatMap((tenant) =>
    ["1", "2"].map((number) => {
      const authorization = `Bearer ${tenant}${number}`;
      return targetOf(urlPlace(server.url, { authorization }), { tenant });
    })
  );
  // Same token, other account: what a server keeps in a session is of one account.
  const shared = targetOf(urlPlace(server.url, { authorization: "Bearer alice1" }), {
    tenant: "eve",
  });
  const all = [...targets, shared, ...targets];
  const seen = await Promise.all(all.map((target) => who(pool, target)));
  for (const [index, { authorization, session }] of seen.entries()) {
    const { place } = all[index]!;
    assert.ok(place.kind === "url");
    assert.equal(authorization, place.headers["authorization"]);
    assert.equal(server.sessions.get(session), authorization);
  }
  assert.equal(new Set(seen.map(({ session }) => session)).size, 5);
  assert.equal(server.count("initialize"), 5);
}

Deno.test("UpstreamPool shares a connection only where account and credentials are the same", async () => {
  await assertKeptApart();
});

Deno.test("UpstreamPool would mix users up with a looser key, and the test above would see it", async () => {
  const keys: readonly ((target: UpstreamTarget) => string)[] = [
    ({ serverId }) => serverId,
    ({ serverId, tenant }) => `${serverId} ${tenant}`,
    ({ serverId, place }) => `${serverId} ${JSON.stringify(place)}`,
  ];
  for (const keyOf of keys) await assert.rejects(assertKeptApart({ keyOf }));
});

Deno.test("UpstreamPool begins a session anew that its server has forgotten", async () => {
  await using server = new FakeUpstream();
  await using pool = upstreamPool(upstreamTools({ allow: [`127.0.0.1:${server.port}`] }));
  const target = targetOf(urlPlace(server.url));
  const first = await who(pool, target);
  server.sessions.clear();
  const second = await who(pool, target);
  assert.notEqual(first.session, second.session);
  assert.equal(pool.size, 1);
});

Deno.test("UpstreamPool leaves alone what failed, and comes back", async () => {
  let isDown = true;
  await using server = new FakeUpstream({
    answer: () => isDown ? new Response("down", { status: 500 }) : undefined,
  });
  const tools = upstreamTools({
    ...{ allow: [`127.0.0.1:${server.port}`], limits: { backoffMs: 400 } },
  });
  await using pool = upstreamPool(tools, { random: () => 0 });
  const target = targetOf(urlPlace(server.url));
  await assert.rejects(who(pool, target));
  const asked = server.messages.length;
  const error = await failsWith(who(pool, target), { code: "upstream_failed" });
  assert.ok(error.retryAfterMs! > 0);
  assert.equal(server.messages.length, asked, "it was left alone");
  isDown = false;
  await new Promise((resolve) => setTimeout(resolve, 250));
  await who(pool, target);
});

Deno.test("UpstreamPool closes what nobody uses, and takes no more than it may", async (t) => {
  await using server = new FakeUpstream();
  const allow = [`127.0.0.1:${server.port}`];
  const targets = ["a", "b", "c"].map((tenant) => targetOf(urlPlace(server.url), { tenant }));
  await t.step("idle", async () => {
    await using pool = upstreamPool(upstreamTools({ allow, limits: { idleMs: 50 } }));
    await who(pool, targets[0]!);
    assert.equal(pool.size, 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    // From here on it is unused: what looked for that since the first use looks again.
    await who(pool, targets[0]!);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(pool.size, 0);
    await who(pool, targets[0]!);
  });
  await t.step("the longest unused makes room", async () => {
    await using pool = upstreamPool(upstreamTools({ allow, limits: { connections: 2 } }));
    for (const target of targets) await who(pool, target);
    assert.equal(pool.size, 2);
  });
  await t.step("those in use do not", async () => {
    await using pool = upstreamPool(upstreamTools({ allow, limits: { connections: 1 } }));
    const held = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<void>();
    const use = pool.use(targets[0]!, {
      signal: SIGNAL,
      work() {
        opened.resolve();
        return held.promise;
      },
    });
    await opened.promise;
    const error = await failsWith(who(pool, targets[1]!), {
      code: "pool_exhausted",
    });
    assert.equal(error.details["limit"], "mcp.connections");
    held.resolve();
    await use;
    await who(pool, targets[1]!);
  });
});
