import assert from "node:assert/strict";
import { openMetering } from "../../accounts/open_metering.ts";
import { AccountsWorld } from "../../tests/support/accounts_world.ts";
import { fakeGateway } from "../../tests/support/fake_gateway.ts";
import { ROUTE_SCOPES } from "../routes/api/route_scopes.ts";
import { rateClassOf } from "./limit_rate.ts";

Deno.test("rateClassOf() counts each request as one thing", () => {
  const cases = [
    ["POST", "/execute-tool", "execute"],
    ["POST", "/api/tools/execute/some-tool", "execute"],
    ["POST", "/mcp/user/collection", "mcp"],
    ["GET", "/api/mcp/user/slug/sse", "mcp"],
    ["GET", "/api/tools", "read"],
    ["HEAD", "/api/tools", "read"],
    ["POST", "/describe-tool", "write"],
    ["DELETE", "/api/keys/key_1", "write"],
    ["GET", "/nothing", "read"],
    ["POST", "/api/auth/sign-in/email", null],
    ["GET", "/health", null],
    ["GET", "/docs/page.js", null],
    ["POST", "/mcp", "mcp"],
    ["DELETE", "/mcp", "mcp"],
    ["GET", "/mcp-other", "read"],
    ["GET", "/healthy", "read"],
    ["GET", "/docs-of-others", "read"],
  ] as const;
  for (const [method, path, expected] of cases) {
    assert.equal(rateClassOf(method, path), expected, `${method} ${path}`);
  }
});

Deno.test("rateClassOf() counts every route, and what runs tools as that", () => {
  const uncounted = new Set<string>();
  for (const [row, need] of Object.entries(ROUTE_SCOPES)) {
    const [method = "", path = ""] = row.split(" ");
    const rateClass = rateClassOf(method, path);
    if (rateClass === null) uncounted.add(row);
    else if (/execute-tool|tools\/execute|\/call$/.test(path) && need !== "mcp:execute") {
      assert.equal(rateClass, "execute", row);
    } else if (need === "mcp:execute") assert.equal(rateClass, "mcp", row);
    else assert.equal(rateClass, method === "GET" ? "read" : "write", row);
  }
  assert.deepEqual([...uncounted], [
    ...["GET /health", "GET /docs", "GET /docs/page.js", "GET /docs/page.css"],
    ...["GET /openapi.json", "GET /.well-known/oauth-protected-resource/*"],
    ...["GET /.well-known/oauth-authorization-server", "GET /.well-known/openid-configuration"],
    ...["GET /oauth/page.css", "GET /api/auth/*", "POST /api/auth/*"],
  ]);
});

/** How many of ten anonymous requests pass a limit of three, each with another word of where it is from. */
async function passOf(
  { peer, header, trustedProxies }: {
    readonly peer: (turn: number) => string;
    readonly header?: (turn: number) => string;
    readonly trustedProxies?: readonly string[];
  },
): Promise<number> {
  await using world = await AccountsWorld.open({ accounts: { trustsMachine: false } });
  await world.database.sql`insert into tier_limit values ('FREE', 'read', 3, 86400000)`;
  await using metering = openMetering({
    ...{ database: world.database, rateStore: "memory", whenStoreIsDown: "closed" },
    onFailure: (error) => assert.fail(String(error)),
  });
  const { accounts } = world;
  const { app } = fakeGateway({ accounts, metering, settings: { trustedProxies } });
  let passed = 0;
  for (let turn = 0; turn < 10; turn++) {
    const headers = header && { "x-forwarded-for": header(turn) };
    const request = new Request("http://127.0.0.1:8787/api/me", { headers });
    const response = await app.fetch(request, { address: peer(turn) });
    await response.body?.cancel();
    if (response.status === 200) passed += 1;
    else assert.equal(response.status, 429);
  }
  return passed;
}

Deno.test("limitRate() is not deceived about where a request comes from", async (t) => {
  const attacker = () => "203.0.113.9";
  const header = (turn: number) => `192.0.2.${turn}`;
  await t.step("a header of its own gives an attacker nothing", async () => {
    assert.equal(await passOf({ peer: attacker, header }), 3);
    assert.equal(await passOf({ peer: attacker, header, trustedProxies: ["10.0.0.0/8"] }), 3);
  });
  await t.step("nor what it adds before a proxy's word", async () => {
    const added = (turn: number) => `192.0.2.${turn}, 203.0.113.9`;
    const trustedProxies = ["10.0.0.0/8"];
    assert.equal(await passOf({ peer: () => "10.0.0.1", header: added, trustedProxies }), 3);
  });
  await t.step("nor another address of its network", async () => {
    assert.equal(await passOf({ peer: (turn) => `2001:db8:1:2::${turn + 1}` }), 3);
    assert.equal(await passOf({ peer: (turn) => `2001:db8:1:${turn}::1` }), 10);
  });
  await t.step("with everybody trusted, the attack succeeds", async () => {
    assert.equal(await passOf({ peer: attacker, header, trustedProxies: ["0.0.0.0/0"] }), 10);
  });
});
