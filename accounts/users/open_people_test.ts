import assert from "node:assert/strict";
import { getMigrations } from "better-auth/db/migration";
import { Kysely } from "kysely";
import { PostgresJSDialect } from "kysely-postgres-js";
import { OAuth2Server } from "oauth2-mock-server";
import { testDatabase } from "../../tests/support/test_database.ts";
import { cookieOf } from "../../tests/support/people_of.ts";
import { AccountsWorld, type Asked, WORLD_URL } from "../../tests/support/accounts_world.ts";
import { authOptions } from "./auth_options.ts";

const ADA = { email: "ada@example.com", name: "Ada", password: "a long password" };
const CALL = { packageName: "@scope/tools", name: "greet", params: {} };

testDatabase("better-auth finds all of its tables in our migrations", async ({ sql }) => {
  const db = new Kysely<unknown>({ dialect: new PostgresJSDialect({ postgres: sql }) });
  const hooks = { maySignUp: () => Promise.resolve(false), onUserCreated: () => {} };
  const settings = {
    publicUrl: WORLD_URL,
    secret: "a secret of the tests, long enough to sign with",
    origins: [],
    signUp: "closed",
    providers: {},
  } as const;
  const migrations = await getMigrations({
    ...authOptions(settings, hooks),
    database: { db, type: "postgres" },
  });
  assert.deepEqual(migrations.toBeCreated, []);
  assert.deepEqual(migrations.toBeAdded, []);
});

/** Asks as a page of the gateway itself would. */
function fromPage(asked: Asked): Asked {
  return { ...asked, headers: { origin: WORLD_URL, ...asked.headers } };
}

function post(world: AccountsWorld, path: string, asked: Asked): Promise<Response> {
  return world.ask(`/api/auth${path}`, fromPage({ body: {}, ...asked }));
}

Deno.test("signing up closes the door, and sessions stand for their users", async (t) => {
  await using world = await AccountsWorld.open();
  const kindOf = async (asked: Asked = {}) =>
    (await (await world.ask("/api/me", asked)).json()).kind;
  assert.equal(await kindOf(), "owner");
  const signedUp = await post(world, "/sign-up/email", { body: ADA });
  assert.equal(signedUp.status, 200, await signedUp.clone().text());
  const cookie = cookieOf(signedUp);

  await t.step("whoever has the machine is nobody from then on", async () => {
    assert.equal(await kindOf(), "anonymous");
    for (const path of ["/execute-tool", "/api/keys", "/describe-tool"]) {
      assert.equal((await world.ask(path, { body: CALL })).status, 401, path);
    }
    assert.equal((await world.ask("/health")).status, 200);
  });
  await t.step("the session's cookie is kept from scripts and other sites", () => {
    const [set] = signedUp.headers.getSetCookie();
    assert.match(set ?? "", /^airlock\.session_token=.*HttpOnly.*SameSite=Lax/i);
  });
  await t.step("a session may look after the account, from our own pages only", async () => {
    assert.equal(await kindOf({ cookie }), "user");
    const body = { name: "mine", scopes: ["tools:execute"] };
    const made = await world.ask("/api/keys", fromPage({ cookie, body }));
    assert.equal(made.status, 201);
    const { token } = await made.json();
    assert.equal((await world.ask("/execute-tool", { key: token, body: CALL })).status, 200);
    const { context } = world.gateway.calls.at(-1)!;
    assert.equal(context.tenant, "local");
    const foreign: Record<string, string>[] = [
      { origin: "https://evil.example" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
    ];
    for (const headers of foreign) {
      assert.equal((await world.ask("/api/keys", { cookie, body, headers })).status, 403);
    }
  });
  await t.step("nobody else signs up unless somebody who may lets them", async () => {
    const bob = { ...ADA, email: "bob@example.com", admin: true, isAdmin: true, role: "admin" };
    const refused = await post(world, "/sign-up/email", { body: bob });
    assert.ok(refused.status >= 400, String(refused.status));
    const [row] = await world.database.sql`select count(*)::int as count from "user"`;
    assert.equal(row?.count, 1);
    const allowed = await post(world, "/sign-up/email", { body: bob, cookie });
    assert.equal(allowed.status, 200, await allowed.clone().text());
    assert.deepEqual(allowed.headers.getSetCookie(), []);
    assert.equal((await allowed.json()).token, null);
    const signedIn = await post(world, "/sign-in/email", { body: bob });
    const me = await (await world.ask("/api/me", { cookie: cookieOf(signedIn) })).json();
    assert.ok(!me.scopes.includes("admin"));
    assert.equal(me.tenant, me.userId);
  });
  await t.step("signing out ends the session within a second", async () => {
    const signedIn = await post(world, "/sign-in/email", { body: ADA });
    const own = cookieOf(signedIn);
    assert.equal(await kindOf({ cookie: own }), "user");
    assert.equal((await post(world, "/sign-out", { cookie: own })).status, 200);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    assert.equal(await kindOf({ cookie: own }), "anonymous");
    assert.equal(await kindOf({ cookie }), "user");
  });
  await t.step("a forged or changed cookie is nobody's", async () => {
    const [, token = ""] = /airlock\.session_token=([^;]+)/.exec(cookie) ?? [];
    const [bare] = decodeURIComponent(token).split(".");
    for (const forged of [bare, `${bare}.AAAA`, `x${token}`, `${token}x`, "undefined", "null"]) {
      assert.equal(await kindOf({ cookie: `airlock.session_token=${forged}` }), "anonymous");
    }
  });
});

Deno.test("guessing passwords is bounded by address, whatever headers say", async () => {
  await using world = await AccountsWorld.open();
  const people = await world.accounts.people();
  await people.addUser(ADA);
  const caller = await world.accounts.authenticate(new Headers());
  const guess = async (address: string, forwarded: string) => {
    const request = new Request(`${WORLD_URL}/api/auth/sign-in/email`, {
      method: "POST",
      headers: {
        ...{ "content-type": "application/json", origin: WORLD_URL },
        ...{ "x-forwarded-for": forwarded, "x-airlock-address": forwarded },
      },
      body: JSON.stringify({ email: ADA.email, password: "a wrong password" }),
    });
    return (await people.handle(request, { address, caller, requestId: null })).status;
  };
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 8; attempt++) {
    statuses.push(await guess("192.0.2.1", `198.51.100.${attempt}`));
  }
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429, 429]);
  assert.equal(await guess("192.0.2.2", "192.0.2.1"), 401);
});

Deno.test("people sign in by a provider, once they may have an account here", async () => {
  const provider = new OAuth2Server();
  await provider.issuer.keys.generate("RS256");
  await provider.start(0, "localhost");
  try {
    provider.service.on("beforeUserinfo", (answer: { body: unknown }) => {
      answer.body = { sub: "42", email: "eve@example.com", name: "Eve", email_verified: true };
    });
    const oidc = {
      clientId: "airlock",
      clientSecret: "secret",
      discoveryUrl: `${provider.issuer.url}/.well-known/openid-configuration`,
    };
    for (const signUp of ["open", "closed"] as const) {
      await using world = await AccountsWorld.open({ people: { signUp, providers: { oidc } } });
      await (await world.accounts.people()).addUser(ADA);
      const begun = await post(world, "/sign-in/social", {
        body: { provider: "oidc", callbackURL: "/" },
      });
      const { url } = await begun.json();
      const back = await fetch(url, { redirect: "manual" });
      await back.body?.cancel();
      const callback = new URL(back.headers.get("location")!);
      const path = callback.pathname + callback.search;
      const ended = await world.ask(path, { cookie: cookieOf(begun) });
      const me = await (await world.ask("/api/me", { cookie: cookieOf(ended) })).json();
      assert.equal(
        me.kind,
        signUp === "open" ? "user" : "anonymous",
        ended.headers.get("location")!,
      );
      const [account] = await world.database.sql`
        select "accessToken" as token from account where "providerId" = 'oidc'`;
      if (signUp === "closed") assert.equal(account, undefined);
      else assert.doesNotMatch(String(account?.token), /^eyJ/);
    }
  } finally {
    await provider.stop();
  }
});
