import assert from "node:assert/strict";
import { AccountsWorld, WORLD_URL } from "./support/accounts_world.ts";
import { whereTo } from "./support/oauth_person.ts";
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

Deno.test("a client that knows nothing but a URL is let in by whoever has the machine", async (t) => {
  await using world = await AccountsWorld.open();
  await fillWorld(world);
  const person = personAt(world);

  await t.step("it finds out where to go", async () => {
    const bad = await listTools(world, "nonsense");
    assert.equal(bad.status, 401);
    const challenge = bad.headers.get("www-authenticate") ?? "";
    assert.match(challenge, /^Bearer error="invalid_token", /);
    const at = /resource_metadata="([^"]+)"/.exec(challenge)?.[1];
    assert.equal(at, `${WORLD_URL}/.well-known/oauth-protected-resource/mcp/me/words`);
    await bad.body?.cancel();
    const resource = await (await world.ask(new URL(at!).pathname)).json();
    assert.equal(resource.resource, RESOURCE);
    assert.deepEqual(resource.authorization_servers, [WORLD_URL]);
    for (const path of ["oauth-authorization-server", "openid-configuration"]) {
      const server = await (await world.ask(`/.well-known/${path}`)).json();
      assert.equal(server.issuer, WORLD_URL);
      assert.deepEqual(server.code_challenge_methods_supported, ["S256"]);
    }
    const none = await world.ask("/.well-known/oauth-protected-resource/api/me");
    assert.equal(none.status, 404);
    await none.body?.cancel();
  });

  await t.step("the page says who asks, for what, and where it leads", async () => {
    const clientId = await person.register(CALLBACK, { client_name: "<img src=x> Editor" });
    const query = person.asking({ client_id: clientId, redirect_uri: HERE, resource: RESOURCE });
    const response = await world.ask(`/oauth/authorize?${query}`);
    const { headers } = response;
    const text = await response.text();
    assert.equal(response.status, 200, text);
    assert.ok(text.includes("&lt;img src=x&gt; Editor") && !text.includes("<img"), text);
    assert.ok(text.includes("Tool of Words &lt;b&gt;") && !text.includes("Tool of Other"), text);
    assert.ok(text.includes("127.0.0.1:4711"));
    assert.match(
      headers.get("content-security-policy") ?? "",
      /default-src 'none'.*frame-ancestors 'none'/,
    );
    assert.equal(headers.get("x-frame-options"), "DENY");
    assert.equal(headers.get("cache-control"), "no-store");
    assert.ok(!/<script|\son\w+=|style=/i.test(text));
  });

  await t.step("what was denied gives no code", async () => {
    const clientId = await person.register(CALLBACK);
    const query = person.asking({ client_id: clientId, redirect_uri: HERE, resource: RESOURCE });
    const { text } = await person.open(query);
    const back = whereTo(await (await person.press(text, "deny")).text());
    assert.equal(back.searchParams.get("error"), "access_denied");
    assert.equal(back.searchParams.get("code"), null);
    assert.equal((await person.press(text, "allow")).status, 400);
  });

  const { clientId, back, form } = await letIn(person);
  await t.step("the answer goes to the client, with its state and our name", () => {
    assert.equal(`${back.origin}${back.pathname}`, HERE);
    assert.equal(back.searchParams.get("state"), "s t&1");
    assert.equal(back.searchParams.get("iss"), WORLD_URL);
  });

  const { status, body } = await person.exchange(form);
  assert.equal(status, 200, JSON.stringify(body));
  await t.step("its token opens the endpoint", async () => {
    assert.deepEqual([body.token_type, body.expires_in, body.scope], [
      "Bearer",
      900,
      "mcp:execute",
    ]);
    const answer = await listTools(world, body.access_token);
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /Tool of Words/);
    assert.equal(
      (await listTools(world, body.access_token, "/mcp/me/words/sse")).status < 500,
      true,
    );
  });

  await t.step("and nothing else: no other endpoint, no other route", async () => {
    const paths = ["/mcp/me/other", "/mcp", "/api/mcp/me/other/http", "/mcp/call", "/execute-tool"];
    for (const path of paths) {
      const answer = await listTools(world, body.access_token, path);
      assert.equal(answer.status, 401, path);
      await answer.body?.cancel();
    }
    for (const path of ["/api/me", "/api/tools", "/api/collections", "/api/grants", "/pool"]) {
      const answer = await world.ask(path, { key: body.access_token });
      assert.equal(answer.status, 401, path);
      await answer.body?.cancel();
    }
    const refresh = await listTools(world, body.refresh_token);
    assert.equal(refresh.status, 401);
    await refresh.body?.cancel();
  });

  await t.step("nothing that opens something is in the database", async () => {
    const dump = JSON.stringify(
      await Promise.all(["oauth_client", "oauth_grant", "oauth_authorization", "oauth_token"].map(
        (table) => world.database.sql`select * from ${world.database.sql(table)}`,
      )),
    );
    for (const secret of [body.access_token, body.refresh_token, form.code, person.verifier]) {
      assert.ok(!dump.includes(secret) && !dump.includes(secret.slice(-43)), "kept");
    }
    assert.ok(dump.includes(clientId));
  });

  await t.step("it goes on with new tokens, and a used one ends everything", async () => {
    const again = { grant_type: "refresh_token", client_id: clientId, resource: RESOURCE };
    const next = await person.exchange({ ...again, refresh_token: body.refresh_token });
    assert.equal(next.status, 200);
    const open = await listTools(world, next.body.access_token);
    assert.equal(open.status, 200);
    await open.body?.cancel();
    const reused = await person.exchange({ ...again, refresh_token: body.refresh_token });
    assert.deepEqual([reused.status, reused.body.error], [400, "invalid_grant"]);
    for (const token of [body.access_token, next.body.access_token]) {
      const closed = await listTools(world, token);
      assert.equal(closed.status, 401);
      await closed.body?.cancel();
    }
    const later = await person.exchange({ ...again, refresh_token: next.body.refresh_token });
    assert.equal(later.status, 400);
    const { items } = await (await world.ask("/api/grants")).json();
    assert.deepEqual(items.map(({ state }: { state: string }) => state), ["revoked"]);
  });

  await t.step("a token for everything opens /mcp alone", async () => {
    const { access } = await tokensOf(person, `${WORLD_URL}/mcp`);
    const all = await listTools(world, access, "/mcp");
    assert.match(await all.text(), /Tool of Words.*Tool of Other/s);
    const one = await listTools(world, access);
    assert.equal(one.status, 401);
    await one.body?.cancel();
  });

  await t.step("who is shut out is out at once", async () => {
    const { access, clientId } = await tokensOf(person);
    assert.match(await (await listTools(world, access)).text(), /Tool of Words/);
    const { items } = await (await world.ask("/api/grants")).json();
    const grant = items.find((one: { clientId: string }) => one.clientId === clientId);
    assert.deepEqual([grant.state, grant.endpoint, grant.clientName], [
      ...["active", "/mcp/me/words", "Editor"],
    ]);
    const gone = await world.ask(`/api/grants/${grant.id}`, { method: "DELETE" });
    assert.equal((await gone.json()).state, "revoked");
    const closed = await listTools(world, access);
    assert.equal(closed.status, 401);
    await closed.body?.cancel();
  });

  await t.step("a client can give up what it has", async () => {
    const { access, refresh, clientId } = await tokensOf(person);
    assert.equal(await person.revoke({ token: refresh, client_id: "cli_x" }), 200);
    const still = await listTools(world, access);
    assert.equal(still.status, 200);
    await still.body?.cancel();
    assert.equal(await person.revoke({ token: refresh, client_id: clientId }), 200);
    const closed = await listTools(world, access);
    assert.equal(closed.status, 401);
    await closed.body?.cancel();
  });
});
