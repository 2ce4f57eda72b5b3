import assert from "node:assert/strict";
import { ROUTE_SCOPES } from "../gateway/routes/api/route_scopes.ts";
import { type Caller, SCOPES } from "../spec/account.ts";
import { AccountsWorld, WORLD_URL } from "./support/accounts_world.ts";
import { userCaller } from "./support/callers.ts";
import { fakeGateway } from "./support/fake_gateway.ts";
import { makeTenantThings, type TenantThings } from "./support/tenant_things.ts";

const VICTIM = userCaller({ tenant: "ten_b", scopes: new Set(SCOPES) });
const ATTACKER = userCaller({ tenant: "ten_a", scopes: new Set(SCOPES) });
const MARKER = "zqvictim";

/** Routes with a name that is of no account, and those of whoever looks after the installation. */
const NOBODYS = new Set([
  "GET /tools/:ref/runtimes",
  "POST /api/sync/:job",
  "GET /api/accounts/:id",
  "PATCH /api/accounts/:id",
]);

/** Bodies that the API's own description has no example for. */
const MCP_BODY = { jsonrpc: "2.0", id: 1, method: "tools/list", params: {} };

/** What a path names, by where it begins. A new kind of thing has to come into this table. */
function namedIn(pattern: string, things: TenantThings): readonly Record<string, string>[] {
  const { collectionId, agentId, keyId, secretId, grantId, serverId } = things;
  const { toolId, toolSlug, bridgeToolId } = things;
  if (pattern.includes("/bridge-tools")) return [{ id: collectionId, toolId: bridgeToolId }];
  if (pattern.startsWith("/api/collections/:id")) {
    return [{ id: collectionId, toolId, tool: toolId, secretId, serverId }];
  }
  if (pattern.startsWith("/api/agents/:id")) return [{ id: agentId }];
  if (pattern.startsWith("/api/keys/:id")) return [{ id: keyId }];
  if (pattern.startsWith("/api/grants/:id")) return [{ id: grantId }];
  if (pattern.startsWith("/api/secrets/:id")) return [{ id: secretId }];
  if (pattern.startsWith("/api/tools/:id")) return [{ id: toolId }, { id: toolSlug }];
  if (pattern.startsWith("/api/tools/execute/:slug")) return [{ slug: toolSlug }];
  if (/^(?:\/api)?\/mcp\/:user\/:collection/.test(pattern)) {
    return [{ user: VICTIM.tenant, collection: collectionId }];
  }
  throw new Error(`${pattern} names a thing that this test does not make`);
}

/** Bodies of each route, from the API's own description: what is asked for is never malformed. */
async function readExamples(world: AccountsWorld): Promise<Map<string, unknown>> {
  const { paths } = await (await world.ask("/openapi.json")).json();
  const examples = new Map<string, unknown>();
  for (const [path, item] of Object.entries<Record<string, ExampledOperation>>(paths)) {
    for (const [method, { requestBody }] of Object.entries(item)) {
      const row = `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`;
      examples.set(row, requestBody?.content["application/json"]?.example);
    }
  }
  return examples;
}

interface ExampledOperation {
  readonly requestBody?: { readonly content: Record<string, { readonly example: unknown }> };
}

async function openWorld() {
  const world = await AccountsWorld.open();
  const things = await makeTenantThings(world, VICTIM, { marker: MARKER });
  const examples = await readExamples(world);
  const asking = (caller: Caller) => {
    const accounts = { ...world.accounts, authenticate: () => Promise.resolve(caller) };
    const { app } = fakeGateway({ accounts });
    return async (method: string, path: string, body?: unknown) => {
      const response = await app.request(`${WORLD_URL}${path}`, {
        method,
        ...(body !== undefined && {
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        }),
      });
      const { status } = response;
      // A stream lasts as long as its client: whose it is has seen enough.
      if (/event-stream/.test(response.headers.get("content-type") ?? "")) {
        await response.body?.cancel();
        return { status, text: "" };
      }
      return { status, text: await response.text() };
    };
  };
  return { world, things, examples, asking };
}

const ROUTES = Object.entries(ROUTE_SCOPES).filter(([row]) => !row.includes("/api/auth/"))
  .map(([row]) => ({ row, method: row.split(" ")[0]!, pattern: row.split(" ")[1]! }));

/** What of an answer is of the request alone. */
function withoutRequest(text: string): unknown {
  const { requestId: _requestId, executionTimeMs: _time, ...rest } = JSON.parse(text);
  return rest;
}

Deno.test("what is another account's answers by every route as if it were not there", async () => {
  const { world, things, examples, asking } = await openWorld();
  await using _world = world;
  const attack = asking(ATTACKER);
  const own = asking(VICTIM);
  let attacks = 0;
  const readable: string[] = [];
  for (const { row, method, pattern } of ROUTES) {
    if (!pattern.includes(":") || NOBODYS.has(row)) continue;
    for (const named of namedIn(pattern, things)) {
      const pathOf = (names: Record<string, string>) =>
        pattern.replaceAll(/:(\w+)/g, (_match, name: string) => names[name]!);
      const isMcpPost = method === "POST" && pattern.includes("/mcp/");
      const body = isMcpPost ? MCP_BODY : examples.get(row);
      const theirs = await attack(method, pathOf(named), body);
      assert.equal(theirs.status, 404, `${row}: ${theirs.text}`);
      // The same as for what nobody has: ids are not confirmed.
      const absent = Object.fromEntries(
        Object.entries(named).map(([name, id]) => [name, id.replace(/[0-9a-z]{1,6}$/i, "zzzzzz")]),
      );
      const nothing = await attack(method, pathOf(absent), body);
      assert.equal(nothing.status, 404, row);
      assert.deepEqual(withoutRequest(theirs.text), withoutRequest(nothing.text), row);
      attacks++;
      if (method !== "GET" && !isMcpPost) continue;
      // Whose it is can read it: it was there to be found.
      const { status } = await own(method, pathOf(named), isMcpPost ? body : undefined);
      if (status === 200) readable.push(row);
      else if (isMcpPost && !pattern.endsWith("/sse")) assert.equal(status, 406, row);
    }
  }
  assert.ok(attacks >= 30, String(attacks));
  assert.ok(readable.length >= 8, readable.join());
});

Deno.test("nothing of another account is in any list, search, sum or log", async () => {
  const { world, things, asking } = await openWorld();
  await using _world = world;
  const attack = asking(ATTACKER);
  const own = asking(VICTIM);
  const secrets = [MARKER, ...Object.values(things)];
  let shown = 0;
  for (const { row, method, pattern } of ROUTES) {
    if (method !== "GET" || pattern.includes(":")) continue;
    const queries = [
      ...["", "?of=public", "?limit=200", `?q=${MARKER}`, "?format=csv", "?by=hour"],
      `?packageName=p-${MARKER}`,
      `?cursor=${btoa(things.collectionId).replaceAll("=", "")}`,
    ];
    for (const query of queries) {
      const { status, text } = await attack("GET", `${pattern}${query}`);
      assert.ok(status < 500, `${row}${query}: ${text}`);
      const found = secrets.filter((secret) => text.includes(secret));
      assert.deepEqual(found, [], `${row}${query}`);
    }
    const { text } = await own("GET", pattern);
    if (text.includes(MARKER)) shown++;
  }
  assert.ok(shown >= 6, `only ${shown} lists show their own account anything`);
});

Deno.test("ids of another account are worth nothing in bodies", async (t) => {
  const { world, things, asking } = await openWorld();
  await using _world = world;
  const attack = asking(ATTACKER);
  const own = asking(VICTIM);
  const { collectionId, toolId, packageName } = things;
  const mine = async (path: string, body: object) =>
    JSON.parse((await attack("POST", path, body)).text).id as string;
  const collection = await mine("/api/collections", { name: "Mine" });
  const agent = await mine("/api/agents", { name: "Mine" });
  const call = { packageName, name: "echo", params: {}, collection: collectionId };
  const cases: readonly (readonly [string, string, object, number])[] = [
    ["POST", `/api/collections/${collection}/tools`, { toolId }, 404],
    ["PUT", `/api/collections/${collection}/tools`, { toolIds: [toolId] }, 409],
    ["POST", `/api/collections/${collection}/call`, { tool: toolId }, 404],
    ["POST", "/api/agents", { name: "Other", collectionIds: [collectionId] }, 404],
    ["POST", "/api/agents", { name: "Another", toolIds: [toolId] }, 404],
    ["PATCH", `/api/agents/${agent}`, { collectionIds: [collectionId] }, 404],
    ["PATCH", `/api/agents/${agent}`, { toolIds: [toolId] }, 404],
    ["POST", "/execute-tool", call, 404],
  ];
  for (const [method, path, body, expected] of cases) {
    await t.step(`${method} ${path.replaceAll(/_\w+/g, "")} ${Object.keys(body)}`, async () => {
      const { status, text } = await attack(method, path, body);
      assert.equal(status, expected, text);
      assert.ok(!text.includes(MARKER), text);
    });
  }
  await t.step("a key that is held to another's collection opens nothing", async () => {
    const scopes = ["collections:read", "collections:write", "tools:execute"];
    const made = await attack("POST", "/api/keys", {
      name: "k",
      scopes,
      collections: [collectionId],
    });
    if (made.status !== 201) return assert.ok([400, 403, 404].includes(made.status), made.text);
    const { token: key } = JSON.parse(made.text);
    for (const path of ["", "/tools", "/pins"]) {
      const answer = await world.ask(`/api/collections/${collectionId}${path}`, { key });
      assert.equal(answer.status, 404, path);
    }
    const body = { tool: toolId };
    const called = await world.ask(`/api/collections/${collectionId}/call`, { key, body });
    assert.equal(called.status, 404);
  });
  await t.step("for whose they are, the same is done", async () => {
    for (const [method, path, body] of cases) {
      if (path.includes(collection) || path.includes(agent)) continue;
      const { status, text } = await own(method, path, body);
      assert.ok(status < 300, `${method} ${path}: ${text}`);
    }
  });
});
