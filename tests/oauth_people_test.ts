import assert from "node:assert/strict";
import { AccountsWorld, WORLD_URL } from "./support/accounts_world.ts";
import { OauthPerson } from "./support/oauth_person.ts";
import {
  CALLBACK,
  fillWorld,
  HERE,
  listTools,
  personAt,
  RESOURCE,
  tokensOf,
} from "./support/oauth_world.ts";
import { PeopleOf } from "./support/people_of.ts";
import { userCaller } from "./support/callers.ts";

Deno.test("an attack: only the person who was asked can answer, on our own page", async (t) => {
  await using world = await AccountsWorld.open();
  const people = new PeopleOf(world);
  const [ada, bob] = [await people.add("ada"), await people.add("bob")];
  await fillWorld(world);
  const person = personAt(world, ada);
  const clientId = await person.register(CALLBACK);
  const asked = { client_id: clientId, redirect_uri: HERE, resource: RESOURCE };
  const query = person.asking(asked);
  const { status, text: page } = await person.open(query);
  assert.equal(status, 200, page);
  assert.ok(page.includes("ada@example.com"));

  await t.step("somebody else cannot", async () => {
    assert.equal((await personAt(world, bob).press(page, "allow")).status, 400);
  });
  await t.step("nobody cannot", async () => {
    assert.equal((await personAt(world).press(page, "allow")).status, 401);
  });
  await t.step("a page of another origin cannot", async () => {
    const places: readonly Record<string, string>[] = [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: "http://127.0.0.1:9999" },
      { origin: WORLD_URL, "sec-fetch-site": "cross-site" },
      { origin: WORLD_URL, "sec-fetch-site": "same-site" },
    ];
    for (const headers of places) {
      assert.equal(
        (await person.press(page, "allow", headers)).status,
        403,
        JSON.stringify(headers),
      );
    }
  });
  await t.step("a key cannot, nor can a client let in another", async () => {
    const { token } = await world.makeKey(userCaller({ tenant: "local" }));
    const answer = await world.ask(`/oauth/authorize?${query}`, { key: token });
    assert.equal(answer.status, 403);
    await answer.body?.cancel();
  });
  await t.step("who may not see a collection is not asked about it", async () => {
    const { text, status } = await personAt(world, bob).open(
      person.asking({ ...asked, resource: `${WORLD_URL}/mcp/local/words` }),
    );
    assert.equal(status, 404);
    assert.ok(!text.includes("Tool of Words"));
  });
  await t.step("who is not signed in is asked to, and learns of nothing", async () => {
    for (const resource of [RESOURCE, `${WORLD_URL}/mcp/local/words`, `${WORLD_URL}/mcp/x/y`]) {
      const { text } = await personAt(world).open(person.asking({ ...asked, resource }));
      assert.match(text, /Sign in to go on/);
      assert.ok(!text.includes("Tool of Words"));
    }
  });
  await t.step("what holds it: she can, once", async () => {
    assert.equal((await person.press(page, "allow")).status, 200);
    assert.equal((await person.press(page, "allow")).status, 400);
  });
});

Deno.test("signing in on the page leads back to it, and nowhere else", async (t) => {
  await using world = await AccountsWorld.open();
  const people = new PeopleOf(world);
  await people.add("ada");
  await fillWorld(world);
  const send = (form: Record<string, string>, headers: Record<string, string> = {}) =>
    world.ask("/oauth/sign-in", {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        origin: WORLD_URL,
        ...headers,
      },
      body: new URLSearchParams(form).toString(),
    });
  const right = { email: "ada@example.com", password: "a long password" };
  await t.step("with a session for the same question", async () => {
    const answer = await send({ ...right, query: "client_id=x&state=1" });
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.get("location"), "/oauth/authorize?client_id=x&state=1");
    assert.match(answer.headers.get("set-cookie") ?? "", /session_token=.*HttpOnly/i);
  });
  await t.step("wherever the form says", async () => {
    for (
      const query of [
        "//evil.example",
        "https://evil.example/",
        "\r\nlocation: https://evil.example",
      ]
    ) {
      const location = (await send({ ...right, query })).headers.get("location") ?? "";
      const { origin, pathname } = new URL(location, WORLD_URL);
      assert.deepEqual([origin, pathname], [WORLD_URL, "/oauth/authorize"]);
    }
  });
  await t.step("not from another page, nor with a wrong password", async () => {
    const foreign = await send({ ...right, query: "x=1" }, { origin: "https://evil.example" });
    assert.equal(foreign.status, 403);
    await foreign.body?.cancel();
    const wrong = await send({ ...right, password: "another password", query: `"><b>` });
    assert.equal(wrong.status, 401);
    assert.equal(wrong.headers.get("set-cookie"), null);
    assert.ok(!(await wrong.text()).includes("<b>"));
  });
});

Deno.test("members of an organisation look after the clients that they let in", async (t) => {
  await using world = await AccountsWorld.open();
  const people = new PeopleOf(world);
  const [ada, bob] = [await people.add("ada"), await people.add("bob")];
  await fillWorld(world);
  const { access } = await tokensOf(personAt(world, ada));
  const listed = async (cookie: string) => (await people.read("/api/grants", cookie)).items;
  const [grant] = await listed(ada);
  await t.step("others neither see nor end them", async () => {
    assert.deepEqual(await listed(bob), []);
    const answer = await world.ask(`/api/grants/${grant.id}`, {
      ...{ method: "DELETE", cookie: bob, headers: { origin: WORLD_URL } },
    });
    assert.equal(answer.status, 404);
    await answer.body?.cancel();
  });
  await t.step("keys cannot", async () => {
    const { token } = await world.makeKey(userCaller({ tenant: "local" }));
    const answer = await world.ask("/api/grants", { key: token });
    assert.equal(answer.status, 403);
    await answer.body?.cancel();
  });
  await t.step("with whoever let it in, a client goes too", async () => {
    const open = await listTools(world, access);
    assert.equal(open.status, 200);
    await open.body?.cancel();
    await world.database.sql`delete from "user" where email = 'ada@example.com'`;
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    const closed = await listTools(world, access);
    assert.equal(closed.status, 401);
    await closed.body?.cancel();
  });
});

Deno.test("clients are known by a document that they publish", async (t) => {
  const id = "https://app.example/client.json";
  const documents: Record<string, unknown> = {
    [id]: { client_id: id, client_name: "App", redirect_uris: ["https://app.example/cb"] },
    "https://evil.example/client.json": {
      client_id: id,
      redirect_uris: ["https://evil.example/cb"],
    },
  };
  const asked: string[] = [];
  await using world = await AccountsWorld.open({
    gateway: {
      readDocument: (url) => {
        asked.push(url);
        const found = documents[url];
        return found === undefined ? Promise.reject(new Error("404")) : Promise.resolve(found);
      },
    },
  });
  await fillWorld(world);
  const person = personAt(world);
  const form = { client_id: id, redirect_uri: "https://app.example/cb", resource: RESOURCE };
  await t.step("and the page says whose it is", async () => {
    const { text, status } = await person.open(person.asking(form));
    assert.equal(status, 200, text);
    assert.match(text, /Published by<\/dt>\s*<dd>app\.example</);
    const back = await person.allow(form);
    assert.equal(back.origin, "https://app.example");
    assert.deepEqual(asked, [id]);
  });
  await t.step("not by one that speaks of another, nor at an address of another", async () => {
    const evil = {
      client_id: "https://evil.example/client.json",
      redirect_uri: "https://evil.example/cb",
    };
    assert.equal((await person.open(person.asking({ ...form, ...evil }))).status, 401);
    const { status } = await person.open(
      person.asking({ ...form, redirect_uri: "https://evil.example/cb" }),
    );
    assert.equal(status, 400);
  });
  await t.step("nothing but HTTPS is asked", async () => {
    const before = asked.length;
    for (const client_id of ["http://127.0.0.1/c", "file:///etc/passwd", "https://a.example"]) {
      assert.equal((await person.open(person.asking({ ...form, client_id }))).status, 401);
    }
    assert.equal(asked.length, before);
  });
});

Deno.test("an attack: clients without end are not kept", async () => {
  await using world = await AccountsWorld.open();
  const { sql } = world.database;
  await sql`
    insert into oauth_client (id, name, redirect_uris)
    select 'cli_' || lpad(n::text, 22, '0'), 'x', array['https://a.example/'] from generate_series(1, 1000) n`;
  const one = { redirect_uris: ["https://a.example/"] };
  const full = await world.ask("/oauth/register", { body: one });
  assert.deepEqual([full.status, (await full.json()).error], [429, "temporarily_unavailable"]);
  await sql`update oauth_client set created_at = now() - interval '25 hours' where id > 'cli_00000000000000000005'`;
  const next = await world.ask("/oauth/register", { body: one });
  assert.equal(next.status, 201);
  await next.body?.cancel();
});

Deno.test("a gateway behind a name of its own speaks by that name alone", async () => {
  const publicUrl = "https://airlock.example";
  await using world = await AccountsWorld.open({ gateway: { settings: { publicUrl } } });
  await fillWorld(world);
  const asked = await world.ask("/.well-known/oauth-authorization-server", {
    headers: { host: "127.0.0.1:8787", "x-forwarded-host": "evil.example" },
  });
  assert.equal((await asked.json()).issuer, publicUrl);
  const rebound = await world.ask("/.well-known/oauth-authorization-server", {
    headers: { host: "evil.example" },
  });
  assert.equal(rebound.status, 403);
  await rebound.body?.cancel();
  const send = async (url: string, init?: RequestInit) =>
    await world.gateway.app.request(url.replace(publicUrl, WORLD_URL), init);
  const person = new OauthPerson({ origin: publicUrl, send });
  const { access } = await tokensOf(person, `${publicUrl}/mcp/me/words`);
  const open = await listTools(world, access);
  assert.equal(open.status, 200);
  await open.body?.cancel();
  const clientId = await person.register(CALLBACK);
  const mixed = { client_id: clientId, redirect_uri: HERE, resource: RESOURCE };
  assert.equal((await person.open(person.asking(mixed))).status, 400);
});
