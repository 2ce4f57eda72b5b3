import assert from "node:assert/strict";
import { AccountsWorld, WORLD_URL } from "../../../tests/support/accounts_world.ts";
import { cookieOf, PeopleOf } from "../../../tests/support/people_of.ts";

interface WithId {
  readonly id: string;
}

Deno.test("organisations: invited, joined, worked for, looked after and left", async (t) => {
  await using world = await AccountsWorld.open();
  const people = new PeopleOf(world);
  const ada = await people.add("ada");
  const { id: organizationId } = await people.done<WithId>("/organization/create", {
    cookie: ada,
    body: { name: "Acme", slug: "acme" },
  });
  const invite = (email: string, role = "member") =>
    people.done<WithId>("/organization/invite-member", {
      cookie: ada,
      body: { organizationId, email, role },
    });
  const { id: invitationId } = await invite("bob@example.com");
  const bobs = { email: "bob@example.com", name: "Bob", password: "a long password" };

  await t.step("who is invited signs up with the invitation, and nobody else", async () => {
    const attempts = [
      ["", bobs],
      ["?invitation=inv_0000000000000000000000", bobs],
      [`?invitation=${invitationId}`, { ...bobs, email: "eve@example.com" }],
    ] as const;
    for (const [query, body] of attempts) {
      const refused = await people.post(`/sign-up/email${query}`, { body });
      assert.equal(refused.status, 403, query);
      assert.equal((await refused.json()).code, "SIGN_UP_CLOSED");
    }
    await people.done(`/sign-up/email?invitation=${invitationId}`, { body: bobs });
  });
  const bob = await people.signIn("bob");

  await t.step("an invitation is of one address, and counts once", async () => {
    const body = { invitationId };
    assert.equal((await people.post("/organization/accept-invitation", { body })).status, 401);
    const own = { cookie: ada, body };
    assert.equal((await people.post("/organization/accept-invitation", own)).status, 403);
    await people.done("/organization/accept-invitation", { cookie: bob, body });
    const again = await people.post("/organization/accept-invitation", { cookie: bob, body });
    assert.equal(again.status, 400);
    const carol = { ...bobs, email: "bob@example.com" };
    const used = await people.post(`/sign-up/email?invitation=${invitationId}`, { body: carol });
    assert.equal(used.status, 403);
  });
  await t.step("a member works for it, and does not look after it", async () => {
    const me = await people.me(bob);
    assert.deepEqual([me.tenant, me.managesAccount], [organizationId, false]);
    const headers = { origin: WORLD_URL };
    const collection = { name: "Shared" };
    const made = await world.ask("/api/collections", { cookie: bob, headers, body: collection });
    assert.equal(made.status, 201);
    for (const path of ["/api/keys", "/api/secrets", "/api/audit"]) {
      const refused = await world.ask(path, { cookie: bob });
      assert.equal(refused.status, 403, path);
      assert.match((await refused.json()).suggestion, /looks after the account/);
    }
    const role = { organizationId, memberId: "mem_x", role: "owner" };
    for (
      const [path, body] of [
        ["/organization/invite-member", {
          organizationId,
          email: "eve@example.com",
          role: "owner",
        }],
        ["/organization/update-member-role", role],
        ["/organization/delete", { organizationId }],
      ] as const
    ) {
      assert.ok((await people.post(path, { cookie: bob, body })).status >= 400, path);
    }
  });
  await t.step("what it has is not theirs, and what they have is not its", async () => {
    await people.done("/organization/set-active", { cookie: bob, body: { organizationId: null } });
    const me = await people.me(bob);
    assert.equal(me.tenant, me.userId);
    assert.deepEqual((await people.read("/api/collections", bob)).items, []);
    await people.done("/organization/set-active", { cookie: ada, body: { organizationId } });
    assert.equal((await people.me(ada)).tenant, organizationId);
    const [shared] = (await people.read("/api/collections", ada)).items;
    assert.equal(shared.name, "Shared");
  });
  await t.step("nobody works for an organisation that they are no member of", async () => {
    const eve = await people.add("eve");
    const body = { organizationId };
    const refused = await people.post("/organization/set-active", { cookie: eve, body });
    assert.equal(refused.status, 403);
    // Take the membership out of the question, and the session is believed: it is what holds.
    await world.database.sql`update session set "activeOrganizationId" = ${organizationId}`;
    assert.notEqual((await people.me(eve)).tenant, organizationId);
    await world.database.sql`
      insert into member (id, "organizationId", "userId", role, "createdAt")
      select 'mem_eve', ${organizationId}, id, 'member', now() from "user" where name = 'eve'`;
    assert.equal((await people.me(eve)).tenant, organizationId);
  });
  await t.step("the audit log says who did it", async () => {
    const [row] = await world.database.sql<WithId[]>`select id from "user" where name = 'ada'`;
    const adaId = row?.id;
    const { items } = await people.read("/api/audit", ada);
    const lines = items.map((line: {
      action: string;
      actor: { kind: string; userId: string | null };
      requestId: string | null;
    }) => [line.action, line.actor.kind, line.actor.userId === adaId, line.requestId !== null]);
    for (const action of ["organization.created", "invitation.created"]) {
      assert.deepEqual(lines.find(([one]: [string]) => one === action), [
        action,
        ...["user", true, true],
      ]);
    }
    const changed = lines.find(([one]: [string]) => one === "invitation.changed");
    assert.deepEqual(changed, ["invitation.changed", "user", false, true]);
  });
});

Deno.test("who may not sign up does not learn who has an account", async () => {
  await using world = await AccountsWorld.open();
  const people = new PeopleOf(world);
  await people.add("ada");
  const answers = new Set<string>();
  for (const email of ["ada@example.com", "nobody@example.com"]) {
    const body = { email, name: "n", password: "a long password" };
    const refused = await people.post("/sign-up/email", { body });
    answers.add(`${refused.status} ${await refused.text()}`);
  }
  for (const email of ["ada@example.com", "nobody@example.com"]) {
    const body = { email, password: "a wrong password" };
    const refused = await people.post("/sign-in/email", { body });
    answers.add(`${refused.status} ${await refused.text()}`);
  }
  assert.equal(answers.size, 2, [...answers].join("\n"));
});

Deno.test("a session's cookie is for HTTPS alone where the gateway is reached by it", async () => {
  const publicUrl = "https://airlock.example";
  await using world = await AccountsWorld.open({ people: { publicUrl } });
  const people = new PeopleOf(world, publicUrl);
  await (await world.accounts.people()).addUser({
    ...{ email: "ada@example.com", name: "Ada", password: "a long password" },
  });
  const signedIn = await world.ask("/api/auth/sign-in/email", {
    body: { email: "ada@example.com", password: "a long password" },
    // As a proxy would pass it on.
    headers: { "x-forwarded-for": "192.0.2.1" },
  });
  const [cookie = ""] = signedIn.headers.getSetCookie();
  assert.match(cookie, /^__Secure-airlock\.session_token=/);
  for (const part of [/; HttpOnly/i, /; Secure/i, /; SameSite=Lax/i, /; Path=\//i]) {
    assert.match(cookie, part);
  }
  assert.doesNotMatch(cookie, /Domain=/i);
  assert.equal((await people.me(cookieOf(signedIn))).kind, "user");
});

Deno.test("a changed password ends other sessions where asked, and an expired one ends by itself", async () => {
  await using world = await AccountsWorld.open();
  const people = new PeopleOf(world);
  const [laptop, phone] = [await people.add("ada"), await people.signIn("ada")];
  const change = (currentPassword: string) =>
    people.post("/change-password", {
      cookie: laptop,
      body: { currentPassword, newPassword: "another long one", revokeOtherSessions: true },
    });
  assert.equal((await change("a wrong password")).status, 400);
  const changed = await change("a long password");
  assert.equal(changed.status, 200);
  assert.equal((await people.me(phone)).kind, "anonymous");
  const own = cookieOf(changed);
  assert.equal((await people.me(own)).kind, "user");
  const [line] = await world.database.sql`
    select actor_kind, details from audit_log where action = 'account.changed'`;
  assert.deepEqual(line, {
    actor_kind: "user",
    details: { providerId: "credential", changed: ["password"] },
  });
  await world.database.sql`update session set "expiresAt" = now() - interval '1 second'`;
  assert.equal((await people.me(own)).kind, "anonymous");
});

Deno.test("metrics and the access log know /api/auth/* by its pattern", async () => {
  await using world = await AccountsWorld.open();
  await (await world.ask("/api/auth/get-session")).body?.cancel();
  const metrics = await (await world.ask("/metrics")).text();
  assert.match(metrics, /route="\/api\/auth\/\*"/);
});
