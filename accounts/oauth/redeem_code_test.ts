import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { userCaller } from "../../tests/support/callers.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import type { AnySql, Sql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import { allowClient, askCaller, denyClient } from "./authorization.ts";
import { revokeGrant } from "./end_grant.ts";
import { viewGrant } from "./grant_record.ts";
import { issueTokens } from "./issue_tokens.ts";
import { listGrants, requirePerson } from "./read_grants.ts";
import { redeemCode } from "./redeem_code.ts";
import { refreshTokens, surrenderToken } from "./refresh_tokens.ts";
import { readAccessToken, TokenVerifier } from "./token_verifier.ts";

const ADA = userCaller();
const VERIFIER = "v".repeat(43);
const RESOURCE = "https://airlock.example/mcp/me/words";
const WISH = {
  clientId: "cli_1",
  clientName: "Editor",
  redirectUri: "http://127.0.0.1:1/cb",
  state: "s",
  codeChallenge: hash("sha256", VERIFIER, "base64url"),
  endpoint: "/mcp/me/words",
  resource: RESOURCE,
  collectionId: null,
};

async function codeFor(sql: Sql, caller: Caller = ADA): Promise<string> {
  const request = await askCaller(sql, caller, WISH);
  const decided = await sql.begin((tx: AnySql) =>
    allowClient(tx, { caller, requestId: null }, { request })
  );
  assert.ok(decided?.code);
  return decided.code;
}

const exchangeOf = (code: string) => ({
  ...{ code, clientId: "cli_1", redirectUri: WISH.redirectUri, verifier: VERIFIER },
  resource: RESOURCE,
});

async function tokensFor(sql: Sql, caller: Caller = ADA) {
  const exchanged = await redeemCode(sql, exchangeOf(await codeFor(sql, caller)));
  assert.equal(exchanged.kind, "issued");
  return exchanged.tokens;
}

testDatabase("redeemCode() gives tokens once, whoever is first", async ({ sql }) => {
  const code = await codeFor(sql);
  const all = await Promise.all(Array.from({ length: 8 }, () => redeemCode(sql, exchangeOf(code))));
  const kinds = all.map(({ kind }) => kind);
  assert.equal(kinds.filter((kind) => kind === "issued").length, 1);
  assert.ok(kinds.every((kind) => kind !== "other-resource"));
  // The second one ended it: what the first one got opens nothing.
  const [{ open }] = await sql<[{ open: number }]>`select count(*)::int as open from oauth_token`;
  assert.equal(open, 0);
});

testDatabase("refreshTokens() exchanges once; the second time ends the grant", async ({ sql }) => {
  const { refreshToken } = await tokensFor(sql);
  const refresh = { refreshToken, clientId: "cli_1", resource: undefined };
  const all = await Promise.all(Array.from({ length: 8 }, () => refreshTokens(sql, refresh)));
  assert.equal(all.filter(({ kind }) => kind === "issued").length, 1);
  assert.equal(all.filter(({ kind }) => kind === "ended").length, 1);
  const [grant] = (await listGrants(sql, ADA, { limit: 10 })).map(viewGrant);
  assert.equal(grant?.state, "revoked");
  const audit = await sql<{ action: string }[]>`select action from audit_log order by id`;
  assert.deepEqual(audit.map(({ action }) => action), ["grant.created", "grant.revoked"]);
});

testDatabase(
  "allowClient() and denyClient() answer a question once, of whom it was asked",
  async ({ sql }) => {
    const request = await askCaller(sql, ADA, WISH);
    const answer = (caller: Caller, allow: typeof allowClient = allowClient) =>
      sql.begin((tx: AnySql) => allow(tx, { caller, requestId: null }, { request }));
    assert.equal(await answer(userCaller({ tenant: "ten_b" })), null);
    assert.equal(await answer(userCaller({ userId: "usr_other" })), null);
    assert.equal((await answer(ADA, denyClient))?.code, null);
    assert.equal(await answer(ADA), null);
    const late = await askCaller(sql, ADA, WISH);
    await sql`update oauth_authorization set expires_at = now()`;
    const actor = { caller: ADA, requestId: null };
    assert.equal(await sql.begin((tx: AnySql) => allowClient(tx, actor, { request: late })), null);
  },
);

testDatabase("grants are listed and ended by those who may", async ({ sql }) => {
  await tokensFor(sql);
  await tokensFor(sql, userCaller({ tenant: "ten_b" }));
  // Nobody came for the tokens of this one.
  await codeFor(sql);
  const [grant, ...more] = await listGrants(sql, ADA, { limit: 10 });
  assert.equal(more.length, 0);
  assert.ok(grant !== undefined);
  assert.deepEqual(await listGrants(sql, ADA, { limit: 10, after: grant.id }), []);
  const member = userCaller({ managesAccount: false });
  assert.deepEqual(await listGrants(sql, member, { limit: 10 }), []);
  const end = (caller: Caller) =>
    sql.begin((tx: AnySql) => revokeGrant(tx, { caller, requestId: null }, { id: grant.id }));
  for (const other of [member, userCaller({ tenant: "ten_b" })]) {
    await assert.rejects(end(other), { code: "not_found" });
  }
  assert.equal(viewGrant(await end(ADA)).state, "revoked");
  assert.equal(viewGrant(await end(ADA)).state, "revoked");
  assert.throws(() => requirePerson({ ...ADA, kind: "key" }), { code: "permission_denied" });
});

testDatabase("TokenVerifier() knows a token until it, or its grant, is over", async ({ sql }) => {
  let nowMs = 0;
  const verifier = new TokenVerifier({
    read: (id) => readAccessToken(sql, id),
    onFailure: assert.ifError,
    nowMs: () => nowMs,
  });
  const { accessToken, refreshToken } = await tokensFor(sql);
  assert.ok(verifier.isToken(accessToken) && !verifier.isToken(refreshToken));
  const caller = await verifier.verify(accessToken);
  assert.deepEqual([caller.tenant, caller.endpoint, [...caller.scopes]], [
    ...["ten_a", "/mcp/me/words", ["mcp:execute"]],
  ]);
  assert.ok(!(verifier.verify(accessToken) instanceof Promise));
  assert.throws(() => verifier.verify(refreshToken), { code: "unauthenticated" });
  const [grant] = await listGrants(sql, ADA, { limit: 1 });
  assert.ok(grant !== undefined);
  verifier.forget(grant.id);
  assert.throws(() => verifier.verify(accessToken), { code: "unauthenticated" });
  const second = await tokensFor(sql);
  await verifier.verify(second.accessToken);
  assert.ok(await surrenderToken(sql, { token: second.accessToken, clientId: "cli_1" }));
  nowMs += 1_001;
  await assert.rejects(async () => await verifier.verify(second.accessToken), {
    code: "unauthenticated",
  });
});

testDatabase("issueTokens() leaves nothing of what has expired", async ({ sql }) => {
  await tokensFor(sql);
  const [grant] = await listGrants(sql, ADA, { limit: 1 });
  assert.ok(grant !== undefined);
  await sql`update oauth_token set expires_at = now() - interval '1 second'`;
  await sql.begin((tx: AnySql) => issueTokens(tx, { grantId: grant.id }));
  const [{ kept }] = await sql<[{ kept: number }]>`select count(*)::int as kept from oauth_token`;
  assert.equal(kept, 2);
});

testDatabase("issueTokens() remembers used tokens, and not without end", async ({ sql }) => {
  await tokensFor(sql);
  const [grant] = await listGrants(sql, ADA, { limit: 1 });
  assert.ok(grant !== undefined);
  await sql`
    insert into oauth_token (id, grant_id, kind, hash, expires_at, used_at)
    select 'tok_' || n, ${grant.id}, 'refresh', sha256('x'), now() + interval '1 day',
      now() - n * interval '1 second'
    from generate_series(1, 150) n`;
  await sql.begin((tx: AnySql) => issueTokens(tx, { grantId: grant.id }));
  const used = await sql<{ id: string }[]>`
    select id from oauth_token where used_at is not null order by used_at desc`;
  assert.deepEqual([used.length, used[0]?.id, used.at(-1)?.id], [100, "tok_1", "tok_100"]);
});

testDatabase("grants end with the membership that they were given by", async ({ sql }) => {
  await sql`
    insert into "user" (id, name, email, "emailVerified") values ('usr_1', 'A', 'a@example.com', true)`;
  await sql`
    insert into organization (id, name, slug, "createdAt") values ('org_1', 'O', 'o', now())`;
  await sql`
    insert into member (id, "organizationId", "userId", role, "createdAt")
    values ('mem_1', 'org_1', 'usr_1', 'member', now())`;
  const leader = userCaller({ tenant: "org_1" });
  const member = userCaller({ tenant: "org_1", userId: "usr_1", managesAccount: false });
  const open = async () =>
    (await listGrants(sql, leader, { limit: 10 })).map(viewGrant).map(({ state }) => state);
  const first = await tokensFor(sql, member);
  assert.equal((await listGrants(sql, member, { limit: 10 })).length, 1);
  await sql`delete from member where id = 'mem_1'`;
  assert.deepEqual(await open(), ["revoked"]);
  const refresh = { refreshToken: first.refreshToken, clientId: "cli_1", resource: undefined };
  assert.equal((await refreshTokens(sql, refresh)).kind, "refused");
  await tokensFor(sql, leader);
  assert.deepEqual((await open()).toSorted(), ["active", "revoked"]);
  await sql`delete from organization where id = 'org_1'`;
  assert.deepEqual(await open(), ["revoked", "revoked"]);
});
