import assert from "node:assert/strict";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import { openMetering } from "../accounts/open_metering.ts";
import { ROUTE_SCOPES } from "../gateway/routes/api/route_scopes.ts";
import { ERROR_TABLE } from "../spec/errors.ts";
import { AccountsWorld, WORLD_URL } from "./support/accounts_world.ts";
import { userCaller } from "./support/callers.ts";
import { fakeGateway } from "./support/fake_gateway.ts";
import { makeTenantThings, type TenantThings } from "./support/tenant_things.ts";

const MARKER = "zqvictim";
const MAX_BODY_BYTES = 64 * 1024;

/** Text that means something to SQL, headers, paths, templates, terminals or readers. */
const STRINGS = [
  ...["", " ", "0", "null", "undefined", "true", "NaN", "__proto__", "constructor", "toString"],
  ...["'", '"', "\\", "%", "_", "$1", "$$", "';--", "' or '1'='1", "'; drop table collection;--"],
  ...["1; delete from api_key", "x') or true --", "{{7*7}}", "${7*7}", "<script>alert(1)</script>"],
  ...["a\r\nset-cookie: hacked=1", "a\nb", "\0", "a\u0000b", "\ud800", "\udfff\ud800", "\ufeff"],
  ...["\u202eevil", "a\u200bb", "adm\u0131n", "\u0430dmin", "Cafe\u0301", "ﬁle", "💥", "\u{e0041}"],
  ...["../../etc/passwd", "..%2f..%2f", "file:///etc/passwd", "http://169.254.169.254/"],
  ...["col_" + "0".repeat(22), "x".repeat(300), "x".repeat(70_000), "9".repeat(400), "-1", "1e999"],
];

/** Other values, where text or a number is expected. */
const VALUES: readonly unknown[] = [
  ...STRINGS,
  ...[null, true, 0, -1, 1.5, 1e308, 2 ** 53, -0, [], {}, [[]], [null], { $gt: "" }],
  ...[Array.from({ length: 5_000 }, () => "x"), { toString: 1, constructor: { prototype: {} } }],
];

/** Members that say whose something is, or how much it may: never for a body to say. */
const TAKEOVERS = {
  ...{ id: "col_x", owner_id: "ten_b", ownerId: "ten_b", tenant: "ten_b", userId: "usr_b" },
  ...{ isAdmin: true, is_admin: true, admin: true, verified: true, emailVerified: true },
  ...{ scopes: ["admin"], kind: "owner", organizationId: "ten_b", popularity: 1e9, ownerKey: "x" },
  ...{ user_id: "usr_b", tier: "ENTERPRISE", managesAccount: true, role: "admin", revision: 99 },
  ...{ likes: 1_000_000, createdAt: "2001-01-01T00:00:00Z", rateLimits: {}, rate_limits: {} },
};

/** Bodies that are no body. */
const RAW_BODIES: readonly (string | Uint8Array<ArrayBuffer>)[] = [
  ...["", "null", "true", "0", '"x"', "[]", "{", "}", "{}{}", "{'a':1}", '{"a":1,}', "NaN"],
  ...["\ufeff{}", "\0", `{"a":"${"\\u0000"}"}`, '{"__proto__":{"admin":true}}', "// x\n{}"],
  ...["[".repeat(30_000), `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`],
  ...[JSON.stringify("x".repeat(MAX_BODY_BYTES))],
  new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
];

/** What headers can hold beside ASCII, and much of it. */
const LONG_OR_BYTES = ["\xe9\xff", "a\x85b", "\xa0", "x".repeat(16_000)];

const HEADERS: readonly Readonly<Record<string, string>>[] = [
  ...[...STRINGS, ...LONG_OR_BYTES].filter((text) => /^[\x20-\x7e\x80-\xff]+$/.test(text)).flatMap((
    text,
  ): Record<string, string>[] => [
    { "if-match": text, "if-none-match": text, "x-request-id": text, traceparent: text },
    { accept: text, "accept-language": text, cookie: `airlock.session_token=${text}` },
    { authorization: text },
    { authorization: `Bearer ${text}`, "x-api-key": text },
    { "idempotency-key": text },
    { "content-type": text },
    { "x-forwarded-for": text, "x-forwarded-host": text, forwarded: text, origin: text },
  ]),
];

/** What an answer must never say. */
const LEAKS = [
  /\bat [^\n"]*\.[jt]s:\d+/,
  /PostgresError|syntax error at|pg_catalog|relation \\?"|violates |duplicate key|input syntax/i,
  /\bselect\b[^"]*\bfrom\b|\binsert into\b|\bupdate\b[^"]*\bset\b/i,
  /\/(?:home|root|tmp|work)\//,
  new RegExp(MARKER),
];

interface Documented {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Record<string, { readonly example: unknown }> };
}

async function openWorld() {
  const world = await AccountsWorld.open();
  const { accounts, database } = world;
  const victim = userCaller({ tenant: "ten_b" });
  const things = await makeTenantThings(world, victim, { marker: MARKER });
  const metering = openMetering({
    ...{ database, rateStore: "memory", whenStoreIsDown: "open" },
    // A read that is late on a busy machine is no fault.
    onFailure: () => {},
  });
  const { app } = fakeGateway({ accounts, metering, settings: { maxBodyBytes: MAX_BODY_BYTES } });
  const { paths } = await (await world.ask("/openapi.json")).json();
  const routes = Object.keys(ROUTE_SCOPES).map((row) => {
    const [method, pattern] = row.split(" ") as [string, string];
    const path = pattern.replaceAll(/:(\w+)/g, "{$1}");
    const documented: Documented | undefined = paths[path]?.[method.toLowerCase()];
    const example = documented?.requestBody?.content["application/json"]?.example;
    return { row, method, pattern, documented, example };
  });
  const ask = async (row: string, path: string, init: RequestInit) => {
    const [method] = row.split(" ");
    const response = await app.request(`${WORLD_URL}${path}`, { ...init, method });
    const text = await response.text();
    judge(`${row} ${path.slice(0, 200)}`, response, text);
    return { status: response.status, text };
  };
  const victimsRows = async () => {
    const { sql } = database;
    const tables = [
      "collection",
      "agent",
      "api_key",
      "secret",
      "call_log",
      "log_setting",
      "tool_pin",
      "bridge",
      "mcp_server",
      "oauth_grant",
    ];
    const rows: unknown[] = [];
    for (const table of tables) {
      rows.push(
        await sql`select to_jsonb(t) as row from ${sql(table)} as t where owner_id = 'ten_b'`,
      );
    }
    return JSON.stringify(rows);
  };
  return {
    ...{ world, routes, ask, things, victimsRows },
    async [Symbol.asyncDispose]() {
      await metering[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

/** Failures that are not of the gateway's own making. */
const EXPECTED_5XX = new Set(["artifact_failed", "upstream_failed", "no_runtime"]);

function judge(where: string, response: Response, text: string): void {
  for (const leak of LEAKS) {
    assert.ok(!leak.test(text), `${where}: ${leak} in ${text.slice(0, 500)}`);
  }
  for (const [name, value] of response.headers) {
    assert.ok(!/hacked/.test(name) && !/[\r\n]/.test(value), `${where}: ${name}: ${value}`);
  }
  assert.equal(response.headers.get("x-content-type-options"), "nosniff", where);
  if (where.includes("/api/auth/")) return assert.ok(response.status < 500, `${where} ${text}`);
  if (response.status < 400) return;
  const type = response.headers.get("content-type") ?? "";
  // What MCP itself refuses is said in its own words, JSON-RPC's.
  if (/ \/(api\/)?mcp/.test(where) && /^application\/json/.test(type)) {
    assert.equal(JSON.parse(text).jsonrpc, "2.0", where);
    return assert.ok(response.status < 500, `${where} ${text}`);
  }
  // OAuth has words of its own for clients, and pages for people.
  if (/ \/oauth\//.test(where) && !type.startsWith("application/problem+json")) {
    if (!type.startsWith("text/html")) assert.match(JSON.parse(text).error, /^[a-z_]+$/, where);
    return assert.ok(response.status < 500, `${where} ${text}`);
  }
  assert.match(type, /^application\/problem\+json/, `${where} ${response.status}`);
  const { code, status, error } = JSON.parse(text);
  assert.ok(Object.hasOwn(ERROR_TABLE, code) && status === response.status, `${where}: ${text}`);
  assert.ok(typeof error === "string" && error.length > 0, where);
  assert.ok(response.status < 500 || EXPECTED_5XX.has(code), `${where}: ${text}`);
}

function jsonOf(body: unknown): RequestInit {
  return { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

Deno.test("no route fails, leaks or gives in, whatever it is sent", async (t) => {
  await using world = await openWorld();
  const { routes, ask, victimsRows } = world;
  const before = await victimsRows();
  const sound = (pattern: string) =>
    pattern.replaceAll(/:\w+/g, "tool_0Nf3vPq8rT1xZ5bC7dE9gH").replace("*", "get-session");

  await t.step("ids in paths", async () => {
    for (const { row, pattern, example } of routes) {
      if (!/[:*]/.test(pattern)) continue;
      for (const text of STRINGS) {
        if (text.length > 10_000) continue;
        const id = encodeURIComponent(text.toWellFormed());
        const init = example === undefined ? {} : jsonOf(example);
        await ask(row, pattern.replaceAll(/:\w+|\*/g, id || "%20"), init);
      }
    }
  });
  await t.step("queries", async () => {
    for (const { row, method, pattern, documented } of routes) {
      if (method !== "GET") continue;
      const names = (documented?.parameters ?? []).flatMap((one) =>
        one.in === "query" ? [one.name] : []
      );
      for (const name of [...names, "owner_id", "tenant", "__proto__", "limit"]) {
        for (const text of STRINGS) {
          if (text.length > 10_000) continue;
          const query = new URLSearchParams({ [name]: text.toWellFormed() });
          await ask(row, `${sound(pattern)}?${query}&${query}`, {});
        }
      }
    }
  });
  await t.step("members of bodies", async () => {
    for (const { row, pattern, example } of routes) {
      if (typeof example !== "object" || example === null) continue;
      for (const member of Object.keys(example)) {
        for (const value of VALUES) {
          await ask(row, sound(pattern), jsonOf({ ...example, [member]: value }));
        }
      }
    }
  });
  await t.step("bodies that are none", async () => {
    for (const { row, method, pattern } of routes) {
      if (method === "GET") continue;
      for (const body of RAW_BODIES) {
        for (const type of ["application/json", "text/plain", "multipart/form-data; boundary=x"]) {
          await ask(row, sound(pattern), { headers: { "content-type": type }, body });
        }
      }
    }
  });
  await t.step("headers", async () => {
    for (const { row, pattern, example } of routes) {
      const init = example === undefined ? {} : jsonOf(example);
      for (const headers of HEADERS) {
        await ask(row, sound(pattern), { ...init, headers: { ...init.headers, ...headers } });
      }
    }
  });
  await t.step("what another account has is as it was", async () => {
    assert.equal(await victimsRows(), before);
  });
});

/** Routes by the thing in their address, of which the account has one. */
function ownPath(pattern: string, own: TenantThings): string {
  const [, kind = ""] = /^\/api\/(\w+)\/:id/.exec(pattern) ?? [];
  const ids: Readonly<Record<string, string>> = {
    ...{ tools: own.toolId, keys: own.keyId, collections: own.collectionId, agents: own.agentId },
    accounts: "local",
  };
  const toolId = pattern.includes("/bridge-tools/") ? own.bridgeToolId : own.toolId;
  return pattern.replace(/:id\b/, ids[kind] ?? "x").replace(":toolId", toolId)
    .replace(":tool", own.toolId).replace(":serverId", own.serverId).replace(":slug", own.toolSlug)
    .replace(":job", "keyword");
}

Deno.test("bodies that say whose something is, or how much it may, are refused", async () => {
  await using world = await openWorld();
  const { routes, ask } = world;
  const own = await makeTenantThings(world.world, OWNER_CALLER, { marker: "zqown" });
  /** Calls take what older platforms send beside the contract, and do nothing with it. */
  const lenient = /execute|describe|list-exports|\/call$|\/artifacts\/wasm$/;
  const checked = new Set<string>();
  for (const { row, method, pattern, example } of routes) {
    if (typeof example !== "object" || example === null || method === "GET") continue;
    if (lenient.test(pattern)) continue;
    for (const [member, value] of Object.entries(TAKEOVERS)) {
      if (Object.hasOwn(example, member)) continue;
      // Of what is there and the caller's own, so that nothing else is what it is refused for.
      const body = jsonOf({ ...example, [member]: value });
      const { status, text } = await ask(row, ownPath(pattern, own), body);
      assert.equal(status, 400, `${row} took ${member}: ${text}`);
      assert.ok(text.includes(member), `${row} does not name ${member}: ${text}`);
      checked.add(row);
    }
  }
  assert.ok(checked.size > 20, [...checked].join());
});
