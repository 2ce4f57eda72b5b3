import assert from "node:assert/strict";
import { AccountsWorld, WORLD_URL } from "./support/accounts_world.ts";
import {
  CALLBACK,
  fillWorld,
  HERE,
  letIn,
  listTools,
  personAt,
  RESOURCE,
  tokensOf,
} from "./support/oauth_world.ts";

const GRANT = { error: "invalid_grant" };

Deno.test("an attack: nobody is sent to an address that the client did not register", async (t) => {
  await using world = await AccountsWorld.open();
  await fillWorld(world);
  const person = personAt(world);
  const clientId = await person.register(CALLBACK);
  const good = { client_id: clientId, redirect_uri: HERE, resource: RESOURCE };
  const wrong: readonly (readonly [string, Record<string, string | undefined>])[] = [
    ["another host", { redirect_uri: "https://evil.example/callback" }],
    ["another path", { redirect_uri: `${HERE}/../evil` }],
    ["more at the end", { redirect_uri: `${HERE}?x=1` }],
    ["a host that begins so", { redirect_uri: "http://127.0.0.1.evil.example/callback" }],
    ["somebody before the host", { redirect_uri: "http://127.0.0.1@evil.example/callback" }],
    ["a script", { redirect_uri: "javascript:alert(1)" }],
    ["none", { redirect_uri: undefined }],
    ["no such client", { client_id: "cli_0000000000000000000000" }],
    ["a client that is a query", { client_id: "' or '1'='1" }],
    ["no proof", { code_challenge: undefined, code_challenge_method: undefined }],
    ["a plain proof", { code_challenge: person.verifier, code_challenge_method: "plain" }],
    ["a proof without its method", { code_challenge_method: undefined }],
    ["a proof that is none", { code_challenge: "short" }],
    ["a token at once", { response_type: "token" }],
    ["an answer that servers never see", { response_mode: "fragment" }],
    ["no resource", { resource: undefined }],
    ["another's resource", { resource: "https://evil.example/mcp/me/words" }],
    ["what is no endpoint", { resource: `${WORLD_URL}/api/me` }],
    ["a resource with a query", { resource: `${RESOURCE}?x=1` }],
    ["a collection that is not there", { resource: `${WORLD_URL}/mcp/me/nothing` }],
  ];
  for (const [name, change] of wrong) {
    await t.step(name, async () => {
      const { status, text } = await person.open(person.asking({ ...good, ...change }));
      assert.ok(status >= 400 && status < 500, `${status} ${text}`);
      assert.ok(!/http-equiv|href="(?!\/oauth\/page\.css)|name="request"/.test(text), text);
      assert.ok(!text.includes("evil.example"), text);
    });
  }
  await t.step("the same parameter twice", async () => {
    const query = person.asking(good);
    const { status } = await person.open(`${query}&redirect_uri=https%3A%2F%2Fevil.example%2F`);
    assert.equal(status, 400);
  });
  await t.step("addresses that no client may register", async () => {
    for (const uri of ["http://evil.example/", "javascript:alert(1)", "https://a.example/#x"]) {
      const answer = await world.ask("/oauth/register", { body: { redirect_uris: [uri] } });
      assert.equal((await answer.json()).error, "invalid_redirect_uri", uri);
      assert.equal(answer.status, 400);
    }
  });
  await t.step("what holds it: the request that is right is shown", async () => {
    assert.equal((await person.open(person.asking(good))).status, 200);
  });
});

Deno.test("an attack: a code is of no use but to the client that asked, once, for what it asked", async (t) => {
  await using world = await AccountsWorld.open();
  await fillWorld(world);
  const person = personAt(world);
  const { form, code } = await letIn(person);
  const thief = personAt(world);
  const other = await thief.register(CALLBACK);
  const stolen: readonly (readonly [string, Record<string, string>, string])[] = [
    [
      "another client with its own proof",
      { client_id: other, code_verifier: thief.verifier },
      "invalid_grant",
    ],
    ["another client with the right proof", { client_id: other }, "invalid_grant"],
    ["the client without the proof", { code_verifier: thief.verifier }, "invalid_grant"],
    ["the challenge as the proof", { code_verifier: person.challenge }, "invalid_grant"],
    ["another port", { redirect_uri: "http://127.0.0.1:4712/callback" }, "invalid_grant"],
    ["another address", { redirect_uri: "https://evil.example/" }, "invalid_grant"],
    ["another resource", { resource: `${WORLD_URL}/mcp/me/other` }, "invalid_target"],
    ["everything", { resource: `${WORLD_URL}/mcp` }, "invalid_target"],
    [
      "another code",
      { code: code.replace(/.$/, (end) => end === "A" ? "B" : "A") },
      "invalid_grant",
    ],
    ["another way", { grant_type: "password" }, "unsupported_grant_type"],
  ];
  for (const [name, change, error] of stolen) {
    await t.step(name, async () => {
      const { status, body } = await thief.exchange({ ...form, ...change });
      assert.deepEqual([status, body.error], [400, error], JSON.stringify(body));
      assert.equal(body.access_token, undefined);
    });
  }
  await t.step("without a proof at all", async () => {
    const { code_verifier: _left, ...rest } = form;
    assert.equal((await thief.exchange(rest)).body.error, "invalid_request");
  });
  let access = "";
  await t.step("what holds it: the client itself still gets its tokens", async () => {
    const { status, body } = await person.exchange(form);
    assert.equal(status, 200, JSON.stringify(body));
    access = body.access_token;
    const open = await listTools(world, access);
    assert.equal(open.status, 200);
    await open.body?.cancel();
  });
  await t.step("replayed, it gives nothing and takes back what it gave", async () => {
    const again = await person.exchange(form);
    assert.deepEqual({ error: again.body.error }, GRANT);
    const closed = await listTools(world, access);
    assert.equal(closed.status, 401);
    await closed.body?.cancel();
  });
  await t.step("of two at once, one gets tokens at most", async () => {
    const { form } = await letIn(person);
    const both = await Promise.all([person.exchange(form), person.exchange(form)]);
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [200, 400]);
  });
  await t.step("too late, it is over", async () => {
    const { form } = await letIn(person);
    await world.database.sql`update oauth_authorization set expires_at = now()`;
    assert.deepEqual((await person.exchange(form)).body.error, "invalid_grant");
  });
});

Deno.test("an attack: tokens of a client are nobody else's", async (t) => {
  await using world = await AccountsWorld.open();
  await fillWorld(world);
  const person = personAt(world);
  const { access, refresh, clientId } = await tokensOf(person);
  const form = { grant_type: "refresh_token", refresh_token: refresh, client_id: clientId };
  await t.step("another client refreshes nothing, and ends nothing", async () => {
    const other = await person.register(CALLBACK);
    assert.equal(
      (await person.exchange({ ...form, client_id: other })).body.error,
      "invalid_grant",
    );
    assert.equal(await person.revoke({ token: access, client_id: other }), 200);
    const open = await listTools(world, access);
    assert.equal(open.status, 200);
    await open.body?.cancel();
  });
  await t.step("for another resource there is none", async () => {
    const resource = `${WORLD_URL}/mcp/me/other`;
    assert.equal((await person.exchange({ ...form, resource })).body.error, "invalid_target");
  });
  await t.step("texts that only look like it open nothing", async () => {
    const swapped = access.replace("airlock_at_", "airlock_rt_");
    const guessed = access.slice(0, -1) + (access.endsWith("A") ? "B" : "A");
    for (const text of [swapped, guessed, `${access} `, access.toUpperCase(), "airlock_at_"]) {
      const answer = await listTools(world, text.trimEnd() === access ? `${access}x` : text);
      assert.equal(answer.status, 401, text);
      await answer.body?.cancel();
    }
  });
  await t.step("an access token refreshes nothing", async () => {
    assert.equal((await person.exchange({ ...form, refresh_token: access })).status, 400);
  });
  await t.step("of two refreshes at once the second ends the grant", async () => {
    const both = await Promise.all([person.exchange(form), person.exchange(form)]);
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [200, 400]);
    const closed = await listTools(world, access);
    assert.equal(closed.status, 401);
    await closed.body?.cancel();
  });
  await t.step("revoked by another node, it opens nothing after a second", async () => {
    const { access } = await tokensOf(person);
    const open = await listTools(world, access);
    assert.equal(open.status, 200);
    await open.body?.cancel();
    await world.database.sql`update oauth_grant set revoked_at = now()`;
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    const closed = await listTools(world, access);
    assert.equal(closed.status, 401);
    await closed.body?.cancel();
  });
  await t.step("expired, it opens nothing", async () => {
    const { access } = await tokensOf(person);
    await world.database.sql`update oauth_token set expires_at = now()`;
    const closed = await listTools(world, access);
    assert.equal(closed.status, 401);
    await closed.body?.cancel();
  });
});

Deno.test("an attack: a collection that comes in another's place is not opened by its token", async () => {
  await using world = await AccountsWorld.open();
  await fillWorld(world);
  const { access } = await tokensOf(personAt(world));
  const { sql } = world.database;
  await sql`update collection set slug = 'gone' where slug = 'words'`;
  await sql`update collection set slug = 'words' where slug = 'other'`;
  await new Promise((resolve) => setTimeout(resolve, 1_050));
  const answer = await listTools(world, access);
  assert.equal(answer.status, 404);
  await answer.body?.cancel();
});
