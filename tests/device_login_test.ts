import assert from "node:assert/strict";
import { decideDeviceLogin } from "../accounts/device/decide_device_login.ts";
import { askAsDevice } from "../accounts/device/device_login.ts";
import { surrenderKey } from "../accounts/device/end_key.ts";
import { openDeviceLogin } from "../accounts/device/open_device_login.ts";
import { redeemDevice } from "../accounts/device/redeem_device.ts";
import { readUserCode } from "../accounts/device/user_code.ts";
import { AccountsWorld, WORLD_URL } from "./support/accounts_world.ts";
import { userCaller } from "./support/callers.ts";
import { DevicePerson } from "./support/device_person.ts";
import { fakeGateway } from "./support/fake_gateway.ts";
import { PeopleOf } from "./support/people_of.ts";

Deno.test("a machine is logged in by somebody who sees its code", async (t) => {
  await using world = await AccountsWorld.open();
  const { sql } = world.database;
  const people = new PeopleOf(world);
  const [ada, bob] = [await people.add("ada"), await people.add("bob")];
  const [adas, bobs] = [new DevicePerson(world, ada), new DevicePerson(world, bob)];
  const device = new DevicePerson(world);
  const { status, body } = await device.ask();
  assert.equal(status, 200, JSON.stringify(body));
  const { device_code, user_code } = body;
  const again = () => sql`update device_login set polled_at = now() - interval '61 seconds'`;
  const errorOf = async (code: string) => {
    const { status, body } = await device.poll(code);
    assert.equal(status, 400, JSON.stringify(body));
    return body.error;
  };

  await t.step("it is told what to show, and where", () => {
    assert.match(user_code, /^[B-Z]{4}-[B-Z]{4}$/);
    assert.equal(body.verification_uri, `${WORLD_URL}/oauth/device`);
    assert.equal(
      body.verification_uri_complete,
      `${WORLD_URL}/oauth/device?user_code=${user_code}`,
    );
    assert.deepEqual([body.expires_in, body.interval], [600, 5]);
  });
  await t.step("it waits, and longer where it does not", async () => {
    assert.equal(await errorOf(device_code), "authorization_pending");
    assert.equal(await errorOf(device_code), "slow_down");
    const [row] = await sql`select interval_seconds from device_login`;
    assert.equal(row?.interval_seconds, 10);
    await again();
    assert.equal(await errorOf(device_code), "authorization_pending");
  });
  await t.step("who is not signed in is asked to, and learns of nothing", async () => {
    for (const code of [user_code, "BBBB-BBBB"]) {
      const { text, status } = await device.open(code);
      assert.deepEqual([status, /Sign in to go on/.test(text)], [200, true]);
      assert.ok(!text.includes("laptop"));
    }
    const form = { email: "ada@example.com", password: "a long password", place: "device" };
    const signedIn = await world.ask("/oauth/sign-in", {
      headers: { "content-type": "application/x-www-form-urlencoded", origin: WORLD_URL },
      body: new URLSearchParams({ ...form, query: `user_code=${user_code}` }).toString(),
    });
    assert.equal(signedIn.headers.get("location"), `/oauth/device?user_code=${user_code}`);
  });
  await t.step("a link of another page does not bring the code along", async () => {
    for (const site of ["cross-site", "same-site"]) {
      const { text } = await adas.open(user_code, { "sec-fetch-site": site });
      assert.match(text, /Type the code/);
      assert.ok(!text.includes("laptop"));
    }
  });
  await t.step("keys do not answer", async () => {
    const { token } = await world.makeKey(userCaller({ tenant: "local" }));
    const answer = await world.ask(`/oauth/device?user_code=${user_code}`, { key: token });
    assert.equal(answer.status, 403);
    await answer.body?.cancel();
  });

  const page = await adas.open(user_code.toLowerCase().replace("-", " "), {
    "sec-fetch-site": "none",
  });
  await t.step("the page says what is asked, by whom and of whom", () => {
    assert.equal(page.status, 200);
    for (const part of ["“laptop”", user_code, "bridge:connect", "ada@example.com", "UTC"]) {
      assert.ok(page.text.includes(part), `${part} is not in ${page.text}`);
    }
  });
  await t.step("whoever opens it later cannot answer it", async () => {
    assert.equal((await bobs.open(user_code)).status, 404);
    assert.equal((await bobs.press(page.text, "allow")).status, 400);
    assert.equal((await device.press(page.text, "allow")).status, 401);
  });
  await t.step("no other page answers", async () => {
    const places: readonly Record<string, string>[] = [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: WORLD_URL, "sec-fetch-site": "cross-site" },
    ];
    for (const headers of places) {
      assert.equal((await adas.press(page.text, "allow", headers)).status, 403);
    }
    await again();
    assert.equal(await errorOf(device_code), "authorization_pending");
  });

  assert.equal((await adas.press(page.text, "allow")).status, 200);
  const issued = await device.poll(device_code);
  const token: string = issued.body.access_token;
  await t.step("it gets a key that can connect a bridge, and nothing else", async () => {
    assert.equal(issued.status, 200, JSON.stringify(issued.body));
    assert.match(issued.body.allowed_by, /ada@example\.com/);
    const me = await (await world.ask("/api/me", { key: token })).json();
    assert.deepEqual(me.scopes, ["bridge:connect"]);
    for (
      const [path, expected] of [["/api/user/bridge", 200], ["/api/collections", 403]] as const
    ) {
      const answer = await world.ask(path, { key: token });
      assert.equal(answer.status, expected, path);
      await answer.body?.cancel();
    }
    const { items } = await people.read("/api/keys", ada);
    assert.equal(items[0].name, "bridge laptop");
    assert.ok(!JSON.stringify(items).includes(token));
    assert.equal((await adas.press(page.text, "allow")).status, 400);
  });
  await t.step("what it came with, used again, ends the key", async () => {
    assert.equal(await errorOf(device_code), "invalid_grant");
    const answer = await world.ask("/api/user/bridge", { key: token });
    assert.equal(answer.status, 401);
    await answer.body?.cancel();
  });
  await t.step("it can give its key up, and no key that can do more", async () => {
    const { body: { access_token } } = await adas.logIn();
    const { token: other } = await world.makeKey(userCaller({ tenant: "local" }));
    const open = async (key: string) => (await world.ask("/api/me", { key })).status === 200;
    for (const [key, isLeft] of [[access_token, false], [other, true]] as const) {
      const form = { token: key, client_id: "airlock-bridge" };
      const answer = await world.ask("/oauth/revoke", {
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams(form).toString(),
      });
      assert.equal(answer.status, 200);
      assert.equal(await open(key), isLeft);
    }
  });
  await t.step("it hears of a no, and of a time that is over", async () => {
    const denied = (await device.ask()).body;
    await adas.press((await adas.open(denied.user_code)).text, "deny");
    assert.equal(await errorOf(denied.device_code), "access_denied");
    const late = (await device.ask()).body;
    const { text } = await adas.open(late.user_code);
    await sql`update device_login set expires_at = now() where user_code = ${
      readUserCode(late.user_code) ?? ""
    }`;
    assert.equal((await adas.press(text, "allow")).status, 400);
    assert.equal((await adas.open(late.user_code)).status, 404);
    assert.equal(await errorOf(late.device_code), "expired_token");
    assert.equal(await errorOf("x".repeat(43)), "invalid_grant");
  });
});

Deno.test("an attack: codes are not to be guessed, and machines have nothing to say", async (t) => {
  await using world = await AccountsWorld.open();
  const { sql } = world.database;
  const device = new DevicePerson(world);
  await t.step("what a machine is called is a name", async () => {
    const names = ["Support: type this code!", "<b>", "a b", "A", "x".repeat(33), "-", "\u202e"];
    for (const machine of names) {
      assert.equal((await device.ask(machine)).status, 400, machine);
    }
    assert.equal((await device.ask("a", { scope: "admin" })).body.error, "invalid_scope");
    assert.equal((await device.ask("a", { client_id: "cli_x" })).body.error, "invalid_client");
  });
  const { body } = await device.ask();
  await t.step("ten wrong codes are enough, also where they come at once", async () => {
    const wrong = Array.from({ length: 30 }, () => device.open("BBBB-CCCC"));
    const statuses = (await Promise.all(wrong)).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 404).length, 10);
    assert.equal(statuses.filter((status) => status === 429).length, 20);
    assert.equal((await device.open(body.user_code)).status, 429);
    await sql`update device_miss set since = now() - interval '601 seconds'`;
    assert.equal((await device.open(body.user_code)).status, 200);
  });
  await t.step("from one address, few wait at a time", async () => {
    const asked = await Promise.all(Array.from({ length: 12 }, () => device.ask()));
    const { status, body } = await device.ask();
    assert.deepEqual([status, body.error], [429, "temporarily_unavailable"]);
    assert.ok(asked.some(({ status }) => status === 200));
  });
  await t.step("two that come for one key at once get one", async () => {
    await sql`delete from device_login`;
    const { body: { device_code, user_code } } = await device.ask();
    await device.press((await device.open(user_code)).text, "allow");
    const both = await Promise.all([device.poll(device_code), device.poll(device_code)]);
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [200, 400]);
  });
  await t.step("what a member allowed is worth nothing once they have left", async () => {
    const asked = { machine: "laptop", address: "192.0.2.1", addressGroup: "192.0.2.1" };
    const { deviceCode, userCode } = await askAsDevice(sql, asked);
    await sql`insert into "user" ("id", "name", "email", "emailVerified", "createdAt", "updatedAt")
      values ('usr_m', 'm', 'm@example.com', true, now(), now())`;
    await sql`insert into "organization" ("id", "name", "slug", "createdAt")
      values ('org_m', 'm', 'm', now())`;
    await sql`insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
      values ('mem_m', 'org_m', 'usr_m', 'member', now())`;
    const caller = userCaller({ tenant: "org_m", userId: "usr_m" });
    const opened = await openDeviceLogin(sql, caller, { typed: userCode });
    const actor = { caller, requestId: null };
    const { request = "" } = opened ?? {};
    const decided = await decideDeviceLogin(sql, actor, { request, isAllowed: true });
    assert.deepEqual(decided, { machine: "laptop", isAllowed: true });
    await sql`delete from "member" where "id" = 'mem_m'`;
    const redeemed = await redeemDevice(sql, { deviceCode, requestId: "r" });
    assert.deepEqual(redeemed, { kind: "refused" });
    assert.equal(await surrenderKey(sql, { token: "no key" }), null);
  });
  await t.step("who may no longer connect a bridge lets no machine in", async () => {
    const scopes = new Set(["tools:read"] as const);
    const caller = userCaller({ tenant: "ten_b", scopes });
    const accounts = { ...world.accounts, authenticate: () => Promise.resolve(caller) };
    const { app } = fakeGateway({ accounts });
    const { body: { user_code } } = await device.ask();
    const answer = await app.request(`${WORLD_URL}/oauth/device?user_code=${user_code}`);
    assert.equal(answer.status, 403);
    await answer.body?.cancel();
  });
});
