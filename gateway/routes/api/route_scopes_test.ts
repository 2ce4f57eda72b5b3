import assert from "node:assert/strict";
import { SCOPES } from "../../../spec/account.ts";
import { AccountsWorld, WORLD_URL } from "../../../tests/support/accounts_world.ts";
import { keyCaller } from "../../../tests/support/callers.ts";
import { fakeGateway } from "../../../tests/support/fake_gateway.ts";
import { ROUTE_SCOPES, routeNeed } from "./route_scopes.ts";

/** Every method and pattern that an app answers; middleware answers all of them and counts as none. */
function answered(app: { readonly routes: readonly { method: string; path: string }[] }): string[] {
  const routes = app.routes.filter(({ method }) => method !== "ALL");
  return [...new Set(routes.map(({ method, path }) => `${method} ${path}`))].sort();
}

Deno.test("ROUTE_SCOPES has a row for each route, and no other", async () => {
  await using world = await AccountsWorld.open();
  assert.deepEqual(answered(world.gateway.app), Object.keys(ROUTE_SCOPES).sort());
});

Deno.test("routeNeed() knows what is in the table, and nothing else", () => {
  assert.equal(routeNeed("POST", "/execute-tool"), "tools:execute");
  assert.equal(routeNeed("HEAD", "/health"), "public");
  for (const path of ["/nothing", "__proto__", "constructor"]) {
    assert.equal(routeNeed("GET", path), undefined);
  }
});

Deno.test("a route without a row answers nobody, not even the owner", async () => {
  const { app } = fakeGateway();
  app.get("/forgotten", (context) => context.text("secrets"));
  const response = await app.request(`${WORLD_URL}/forgotten`);
  assert.equal(response.status, 403);
  assert.equal((await response.json()).code, "permission_denied");
});

Deno.test("each route lets through exactly the callers that the table says", async () => {
  const callers = [
    ...SCOPES.map((scope) => ({ name: scope, caller: keyCaller({ scopes: new Set([scope]) }) })),
    {
      name: "anonymous",
      caller: keyCaller({ kind: "anonymous", tenant: "anonymous", scopes: new Set() }),
    },
    {
      name: "account",
      caller: keyCaller({ kind: "user", managesAccount: true, scopes: new Set() }),
    },
  ];
  await using world = await AccountsWorld.open();
  for (const { name, caller } of callers) {
    const accounts = { ...world.accounts, authenticate: () => Promise.resolve(caller) };
    const { app } = fakeGateway({ accounts });
    for (const [row, need] of Object.entries(ROUTE_SCOPES)) {
      const [method, pattern] = row.split(" ");
      if (need === "public") continue;
      const path = pattern!.replace(":id", "key_x").replace(":ref", "a@1").replace(
        ":job",
        "keyword",
      );
      const response = await app.request(`${WORLD_URL}${path}`, { method });
      await response.body?.cancel();
      const isIn = need === name || (need === "person" && caller.kind === "user");
      const expected = isIn ? "in" : name === "anonymous" ? "401" : "403";
      const got = [401, 403].includes(response.status) ? String(response.status) : "in";
      assert.equal(got, expected, `${row} for ${name}`);
    }
  }
});
