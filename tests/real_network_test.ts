import assert from "node:assert/strict";
import { TestWorld } from "./support/test_world.ts";

Deno.test("published tools that need a key say which, then which host they want", async () => {
  await using world = await TestWorld.open({ realRegistry: true });
  const exa = {
    packageName: "@exalabs/ai-sdk",
    version: "2.1.0",
    name: "webSearch",
    params: { query: "hello" },
  };
  const withoutKey = await world.call(exa);
  assert(!withoutKey.success);
  assert.equal(withoutKey.code, "tool_error");
  assert.match(withoutKey.error, /EXA_API_KEY is required/);
  assert.match(withoutKey.suggestion ?? "", /EXA_API_KEY: if it needs that, send it in env/);
  assert.deepEqual(withoutKey.meta.egress, []);

  const secret = "exa-key-that-must-not-show";
  const withKey = await world.call({ ...exa, env: { EXA_API_KEY: secret } });
  assert(!withKey.success);
  assert.equal(withKey.suggestion, `Grant it with permissions.net: ["api.exa.ai"]`);
  assert.deepEqual(
    withKey.meta.egress.map(({ method, host, outcome }) => ({ method, host, outcome })),
    [{ method: "POST", host: "api.exa.ai", outcome: "refused" }],
  );
  assert(!JSON.stringify(withKey).includes(secret));
});

Deno.test("published tools on axios are refused by the gateway, which names the grant", async () => {
  await using world = await TestWorld.open({ realRegistry: true });
  const result = await world.call({
    packageName: "firecrawl-aisdk",
    version: "0.12.0",
    name: "scrape",
    params: { url: "https://example.com" },
    env: { FIRECRAWL_API_KEY: "fc-0" },
  });
  assert(!result.success);
  assert.equal(result.suggestion, `Grant it with permissions.net: ["api.firecrawl.dev"]`);
  assert.equal(result.meta.egress[0]?.outcome, "refused");
});

Deno.test("a published client reaches a private server only where policy and grant say so", async () => {
  const seen: string[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    seen.push(`${request.method} ${new URL(request.url).pathname}`);
    return Response.json({ greeting: "hello from inside" });
  });
  const address = `127.0.0.1:${server.addr.port}`;
  const client = {
    packageName: "ofetch",
    version: "1.5.1",
    name: "ofetch",
    params: [`http://${address}/data`],
  };

  await using world = await TestWorld.open({
    realRegistry: true,
    env: { AIRLOCK_NET_ALLOW_PRIVATE: address },
  });
  const refused = await world.call(client);
  assert(!refused.success);
  assert.equal(refused.suggestion, `Grant it with permissions.net: ["${address}"]`);
  assert.deepEqual(seen, []);
  const granted = await world.call({ ...client, permissions: { net: [address] } });
  assert.deepEqual(granted.success && granted.output, { greeting: "hello from inside" });
  assert.deepEqual(seen, ["GET /data"]);
  assert.equal(granted.meta.egress[0]?.outcome, 200);

  await using strict = await TestWorld.open({ realRegistry: true });
  const forbidden = await strict.call({ ...client, permissions: { net: [address] } });
  assert(!forbidden.success);
  assert.deepEqual(seen, ["GET /data"]);
  assert.equal(forbidden.meta.egress[0]?.outcome, "refused");
  assert.match(forbidden.suggestion ?? "", /AIRLOCK_NET_ALLOW_PRIVATE/);
});
