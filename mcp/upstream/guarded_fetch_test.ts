import assert from "node:assert/strict";
import { failsWith } from "../../tests/support/fails_with.ts";
import { FakeUpstream } from "../../tests/support/fake_upstream.ts";
import { upstreamTools } from "../../tests/support/upstream_world.ts";
import { createGuardedFetch } from "./guarded_fetch.ts";

const MESSAGE = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });

function guardedFetch(url: string, headers: Readonly<Record<string, string>> = {}) {
  const { openEgress } = upstreamTools({ allow: ["127.0.0.0/8"] });
  return createGuardedFetch(new URL(url), { openEgress, headers });
}

Deno.test("createGuardedFetch() sends its own credentials, and nobody else's", async () => {
  await using server = new FakeUpstream();
  using guarded = guardedFetch(server.url, { authorization: "Bearer own", "x-team": "1" });
  const response = await guarded.fetch(server.url, {
    method: "POST",
    body: MESSAGE,
    headers: {
      ...{ authorization: "Bearer of-the-client", cookie: "session=1", "x-api-key": "k" },
      ...{ "content-type": "application/json", "mcp-session-id": "s" },
    },
  });
  await response.body?.cancel();
  const { headers } = server.messages[0]!;
  assert.equal(headers.get("authorization"), "Bearer own");
  assert.equal(headers.get("x-team"), "1");
  assert.equal(headers.get("mcp-session-id"), "s");
  assert.deepEqual([headers.get("cookie"), headers.get("x-api-key")], [null, null]);
});

Deno.test("createGuardedFetch() reaches one origin, and follows no redirect", async () => {
  await using victim = new FakeUpstream({ hostname: "127.0.0.2" });
  await using server = new FakeUpstream({
    answer: () => new Response(null, { status: 307, headers: { location: victim.url } }),
  });
  using guarded = guardedFetch(server.url);
  for (const url of [victim.url, server.url.replace("http:", "https:"), "file:///etc/passwd"]) {
    await failsWith(guarded.fetch(url), { code: "permission_denied" });
  }
  const response = await guarded.fetch(server.url, { method: "POST", body: MESSAGE });
  assert.equal(response.status, 307);
  await response.body?.cancel();
  assert.deepEqual(victim.messages, []);
});

Deno.test("createGuardedFetch() goes on over many requests, and ends with what is open", async () => {
  await using server = new FakeUpstream();
  const guarded = guardedFetch(server.url);
  const post = () => guarded.fetch(server.url, { method: "POST", body: MESSAGE });
  // More than one way out takes.
  for (let count = 0; count < 250; count++) await (await post()).text();
  assert.equal(server.messages.length, 250);
  const open = await post();
  guarded[Symbol.dispose]();
  await assert.rejects(open.text());
  await assert.rejects(post());
});
