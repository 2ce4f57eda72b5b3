import assert from "node:assert/strict";
import { AccountsWorld } from "./support/accounts_world.ts";
import { PeopleOf } from "./support/people_of.ts";

/** What nobody says of themselves, in the words that databases and better-auth have for it. */
const TAKEOVERS = {
  ...{ id: "usr_mine", role: "admin", isAdmin: true, is_admin: true, admin: true, tier: "PRO" },
  ...{ emailVerified: true, verified: true, createdAt: "2001-01-01T00:00:00Z", tenant: "local" },
  ...{ userId: "usr_other", ownerId: "local", organizationId: "org_other", scopes: ["admin"] },
};

/** Everything that is kept of people, but for times and what is made up at random. */
async function peopleRows({ database: { sql } }: AccountsWorld) {
  const users = await sql`select "id", "email", "emailVerified", "createdAt" from "user"`;
  const settings = await sql`select id, tenant, tier, is_admin from account_setting`;
  const organizations = await sql`select "id", "createdAt" from "organization"`;
  const members = await sql`select "userId", "role", "organizationId" from "member"`;
  return { users, settings, organizations, members };
}

Deno.test("attack: nobody signs up, or changes themselves, into more than they are", async (t) => {
  await using world = await AccountsWorld.open({ people: { signUp: "open" } });
  const people = new PeopleOf(world);
  await people.add("ada");
  const began = Date.now() - 60_000;
  const fair = (row: Record<string, unknown>) => (row.createdAt as Date).getTime() > began;

  await t.step("signing up", async () => {
    const body = { email: "eve@example.com", name: "Eve", password: "a long password" };
    await (await people.post("/sign-up/email", { body: { ...body, ...TAKEOVERS } })).body?.cancel();
    // Refused or ignored: either way she is there in the end, and as everybody is.
    await (await people.post("/sign-up/email", { body })).body?.cancel();
    const { users, settings } = await peopleRows(world);
    const eve = users.find(({ email }) => email === "eve@example.com");
    assert.ok(eve !== undefined && eve.id !== "usr_mine" && fair(eve), JSON.stringify(eve));
    assert.equal(eve.emailVerified, false);
    const { tenant, tier, is_admin } = settings.find(({ id }) => id === eve.id)!;
    assert.deepEqual([tenant, tier, is_admin], [eve.id, "FREE", false]);
  });
  const cookie = await people.signIn("eve");
  await t.step("changing oneself", async () => {
    const before = await peopleRows(world);
    for (const [member, value] of Object.entries(TAKEOVERS)) {
      for (const body of [{ [member]: value }, { name: "Eve", [member]: value }]) {
        await (await people.post("/update-user", { cookie, body })).body?.cancel();
        assert.deepEqual(await peopleRows(world), before, member);
      }
    }
  });
  await t.step("making an organisation", async () => {
    const { id: eve } = await world.database.sql`
      select "id" from "user" where "email" = 'eve@example.com'`.then(([row]) => row!);
    const { id: ada } = await world.database.sql`
      select "id" from "user" where "email" = 'ada@example.com'`.then(([row]) => row!);
    const body = { ...TAKEOVERS, userId: ada, name: "Evil", slug: "evil" };
    await (await people.post("/organization/create", { cookie, body })).body?.cancel();
    await (await people.post("/organization/create", {
      cookie,
      body: { name: "Evil", slug: "evil" },
    })).body?.cancel();
    const { organizations, members, settings } = await peopleRows(world);
    const [made, ...more] = organizations;
    assert.ok(made !== undefined && fair(made) && made.id !== "usr_mine", JSON.stringify(made));
    assert.deepEqual(more, []);
    assert.deepEqual([...members], [{ userId: eve, role: "owner", organizationId: made.id }]);
    const { tenant, tier, is_admin } = settings.find(({ id }) => id === made.id)!;
    assert.deepEqual([tenant, tier, is_admin], [made.id, "FREE", false]);
  });
});

Deno.test("attack: no organisation is called so that it looks like another", async () => {
  await using world = await AccountsWorld.open();
  const people = new PeopleOf(world);
  const cookie = await people.add("ada");
  const make = async (slug: string, name = "Acme") => {
    const answer = await people.post("/organization/create", { cookie, body: { name, slug } });
    await answer.body?.cancel();
    return answer.status;
  };
  assert.equal(await make("acme"), 200);
  // Cyrillic, full width, not seen, turned, combining, and what would be another path or header.
  const lookalikes = ["\u0430cme", "\uff41cme", "acme\u200b", "\u202eemca", "a\u0301cme", "ACME"];
  for (const slug of [...lookalikes, "a/b", "..", "a b", "a\r\nb", "", "x".repeat(300)]) {
    assert.equal(await make(slug), 400, JSON.stringify(slug));
  }
  const rename = async (data: object) => {
    const answer = await people.post("/organization/update", { cookie, body: { data } });
    await answer.body?.cancel();
    return answer.status;
  };
  await people.done("/organization/set-active", { cookie, body: { organizationSlug: "acme" } });
  assert.equal(await rename({ slug: "acme-2", name: "Αcme" }), 200);
  assert.equal(await rename({ slug: "\u0430cme" }), 400);
  assert.equal(await rename({ name: "Ac\u200bme" }), 400);
  const turned = await people.post("/update-user", { cookie, body: { name: "\u202eada" } });
  assert.equal(turned.status, 400);
  assert.equal((await turned.json()).code, "INVALID_NAME");
  for (const name of ["Ac\u200bme", "\u202eemcA", "Ac\nme", "x".repeat(300)]) {
    assert.equal(await make(`slug-${name.length}`, name), 400, JSON.stringify(name));
  }
});
