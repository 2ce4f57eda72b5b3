import assert from "node:assert/strict";
import { installation } from "../tests/support/installation.ts";

const KEY = "ab".repeat(32);
const OTHER = "cd".repeat(32);

Deno.test("airlock keys makes, lists, rotates and revokes", async () => {
  await using world = await installation();
  const made = await world.run(["keys", "create", "--name", "ci", "--scope", "tools:execute"]);
  assert.equal(made.code, 0, made.err);
  assert.match(made.out, /^airlock_sk_\w{22}_\w{43}\n$/);
  const [key] = JSON.parse((await world.run(["keys", "ls", "--json"])).out);
  assert.deepEqual([key.name, key.scopes, key.state], ["ci", ["tools:execute"], "active"]);
  const listed = await world.run(["keys", "ls"]);
  assert.ok(!listed.out.includes(made.out.trim().slice(-43)));
  const rotated = JSON.parse((await world.run(["keys", "rotate", key.id, "--json"])).out);
  assert.equal((await world.run(["keys", "revoke", rotated.id])).out, `revoked ${rotated.id}\n`);
  assert.equal((await world.run(["keys", "revoke", "key_none"])).code, 2);
  const ceiling = { limits: { timeoutMs: 5_000 }, runtimes: ["quickjs"] };
  const narrow = ["keys", "create", "--name", "n", "--json", "--ceiling"];
  const { id } = JSON.parse((await world.run([...narrow, JSON.stringify(ceiling)])).out);
  const kept = JSON.parse((await world.run(["keys", "ls", "--json"])).out);
  assert.deepEqual(kept.find((one: { id: string }) => one.id === id).ceiling, ceiling);
  assert.match((await world.run([...narrow, '{"limits":{"cpu":1}}'])).err, /read ceiling: .*cpu/);
  const rated = ["keys", "create", "--name", "r", "--json", "--rate", "execute=5/10s"];
  const { id: ratedId } = JSON.parse((await world.run([...rated, "--rate", "read=7"])).out);
  const all = JSON.parse((await world.run(["keys", "ls", "--json"])).out);
  assert.deepEqual(all.find((one: { id: string }) => one.id === ratedId).rateLimits, {
    execute: { limit: 5, windowMs: 10_000 },
    read: { limit: 7, windowMs: 60_000 },
  });
  assert.equal((await world.run([...rated, "--rate", "calls=1"])).code, 2);
  const nowhere = ["keys", "create", "--name", "x", "--collection", "col_none"];
  assert.match((await world.run(nowhere)).err, /no such collection/);
  assert.equal((await world.run(["keys", "create", "--name", "x", "--scope", "all"])).code, 2);
});

Deno.test("airlock grants lists and revokes", async () => {
  await using world = await installation();
  await world.database.sql`
    insert into oauth_grant (id, owner_id, tier, client_id, client_name, redirect_host, endpoint,
      resource, redeemed_at)
    select id, owner, 'FREE', 'cli_1', E'Ed\u001b[31mitor', '127.0.0.1', '/mcp', 'x', now()
    from (values ('grt_1', 'local'), ('grt_2', 'ten_b')) as made (id, owner)`;
  const grants = JSON.parse((await world.run(["grants", "ls", "--json"])).out);
  assert.deepEqual(grants.map(({ id, state }: Record<string, string>) => [id, state]), [
    ["grt_1", "active"],
  ]);
  const listed = await world.run(["grants", "ls"]);
  assert.ok(listed.out.includes("grt_1") && !listed.out.includes("\u001b"), listed.out);
  assert.equal((await world.run(["grants", "revoke", "grt_1"])).out, "revoked grt_1\n");
  assert.equal((await world.run(["grants", "revoke", "grt_1"])).code, 0);
  assert.equal((await world.run(["grants", "revoke", "grt_2"])).code, 2);
  const [after] = JSON.parse((await world.run(["grants", "ls", "--json"])).out);
  assert.equal(after.state, "revoked");
});

Deno.test("airlock secrets takes values from standard input, and shows none", async () => {
  await using world = await installation();
  const env = { AIRLOCK_MASTER_KEY: KEY };
  const none = await world.run(["secrets", "set", "TOKEN"], { stdin: "hush-hush\n" });
  assert.equal(none.code, 3);
  assert.match(none.err, /AIRLOCK_MASTER_KEY/);
  const kept = await world.run(["secrets", "set", "TOKEN"], { stdin: "hush-hush\n", env });
  assert.equal(kept.out, "kept TOKEN\n", kept.err);
  const elsewhere = ["secrets", "set", "TOKEN", "--collection", "col_none"];
  assert.equal((await world.run(elsewhere, { stdin: "hush", env })).code, 2);
  await world.database.sql`
    insert into collection (id, owner_id, slug, name) values ('col_1', 'local', 'one', 'one')`;
  const held = ["--collection", "col_1"];
  await world.run(["secrets", "set", "TOKEN", ...held], { stdin: "hush-2", env });
  const ofOne = JSON.parse((await world.run(["secrets", "ls", "--json", ...held])).out);
  assert.deepEqual(ofOne.map((one: { collectionId: string }) => one.collectionId), ["col_1"]);
  assert.equal((await world.run(["secrets", "rm", "TOKEN", ...held])).out, "forgot TOKEN\n");
  const listed = await world.run(["secrets", "ls"], { env });
  assert.match(listed.out, /TOKEN/);
  for (const { out, err } of [none, kept, listed]) assert.ok(!(out + err).includes("hush"));
  const rotating = { AIRLOCK_MASTER_KEY: OTHER, AIRLOCK_MASTER_KEY_PREVIOUS: KEY };
  const rotated = await world.run(["secrets", "rotate"], { env: rotating });
  assert.equal(rotated.out, "sealed 1 keys anew\n", rotated.err);
  assert.equal((await world.run(["secrets", "rm", "TOKEN"])).out, "forgot TOKEN\n");
  assert.equal((await world.run(["secrets", "rm", "TOKEN"])).code, 2);
});

Deno.test("airlock users adds the first user, who takes over, and closes the door", async () => {
  await using world = await installation();
  const add = (email: string, stdin: string) => world.run(["users", "add", email], { stdin });
  const weak = await add("ada@example.com", "short\n");
  assert.equal(weak.code, 2);
  assert.match(weak.err, /12 characters/);
  const added = await add("Ada@example.com", "a long password\n");
  assert.equal(added.out, "added Ada@example.com\n", added.err);
  assert.equal((await add("ada@example.com", "another password\n")).code, 3);
  await add("bob@example.com", "a long password\n");
  const users = JSON.parse((await world.run(["users", "ls", "--json"])).out);
  assert.deepEqual(
    users.map(({ email, admin }: { email: string; admin: boolean }) => [email, admin]),
    [
      ["ada@example.com", true],
      ["bob@example.com", false],
    ],
  );
  const [row] = await world.database.sql`select exists (select from installation) as closed`;
  assert.equal(row?.closed, true);
  const given = await world.run(["users", "set", "bob@example.com", "--tier", "PRO", "--admin"]);
  assert.equal(given.out, "changed bob@example.com\n", given.err);
  const bob = JSON.parse((await world.run(["users", "ls", "--json"])).out)[1];
  assert.deepEqual([bob.admin, bob.tier], [true, "PRO"]);
  assert.equal((await world.run(["users", "set", "nobody@example.com", "--admin"])).code, 2);
  assert.equal((await world.run(["users", "set", "bob@example.com", "--tier", "GOLD"])).code, 2);
  assert.equal((await world.run(["users", "rm", "bob@example.com"])).code, 0);
  assert.equal((await world.run(["users", "rm", "bob@example.com"])).code, 2);
});

Deno.test("airlock tiers lists and changes limits, one at a time", async () => {
  await using world = await installation();
  const listed = await world.run(["tiers", "ls"]);
  assert.match(listed.out, /^FREE +execute +60 +60 s$/m);
  const set = await world.run(["tiers", "set", "FREE", "execute", "7", "--window", "2s"]);
  assert.match(set.out, /^FREE +execute +7 +2 s$/m, set.err);
  await world.run(["tiers", "set", "PRO", "mcp", "9"]);
  const limits = JSON.parse((await world.run(["tiers", "ls", "--json"])).out);
  assert.deepEqual(limits.FREE.execute, { limit: 7, windowMs: 2_000 });
  assert.deepEqual(limits.PRO.mcp, { limit: 9, windowMs: 60_000 });
  for (const wrong of [["GOLD", "execute", "7"], ["FREE", "all", "7"], ["FREE", "read", "-1"]]) {
    assert.equal((await world.run(["tiers", "set", ...wrong])).code, 2, wrong.join(" "));
  }
  const short = await world.run(["tiers", "set", "FREE", "read", "7", "--window", "10ms"]);
  assert.equal(short.code, 2);
});

Deno.test("airlock audit tells who did what, and goes on where it ended", async () => {
  await using world = await installation();
  await world.run(["users", "add", "ada@example.com"], { stdin: "a long password\n" });
  await world.run(["users", "set", "ada@example.com", "--tier", "PRO"]);
  await world.run(["keys", "create", "--name", "\u001b[31mred"]);
  const audit = async (...args: string[]) => await world.run(["audit", ...args]);
  const lines = (await audit("--json")).out.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines.map(({ action, actor }) => [action, actor.kind]), [
    ["key.created", "owner"],
    ["account_setting.changed", "owner"],
    ["account.created", "owner"],
    ["user.created", "owner"],
  ]);
  assert.deepEqual(lines[1].details, { tier: "PRO", is_admin: true, changed: ["tier"] });
  const first = await audit("--limit", "3");
  assert.ok(!first.out.includes("\u001b"));
  const [, before = ""] = /--before (\d+)/.exec(first.err) ?? [];
  const rest = await audit("--limit", "3", "--before", before);
  assert.match(rest.out, /user\.created/);
  assert.equal(rest.err, "");
  assert.equal((await audit("--before", "x")).code, 2);
  assert.doesNotMatch((await audit("--account", "usr_other")).out, /created/);
});
