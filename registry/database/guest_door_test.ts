import assert from "node:assert/strict";
import { join } from "node:path";
import type { Database } from "./database.ts";
import { guestSocketPath } from "./guest_socket.ts";
import { openDatabase } from "./open_database.ts";
import { startDatabase } from "./start_database.ts";

const start = (directory: string) =>
  startDatabase({
    ...{ url: undefined, directory, transactionIdleMs: 400 },
    onFailure: assert.ifError,
  });

const enter = (directory: string) => openDatabase({ url: undefined, directory });

async function inDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "airlock-guest-" });
  try {
    await work(join(root, "database"));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** A database that another has, and a table in it. */
async function withOwner(work: (owner: Database, directory: string) => Promise<void>) {
  await inDirectory(async (directory) => {
    await using owner = start(directory);
    await owner.sql`create table balance (id int primary key, cents int not null)`;
    await work(owner, directory);
  });
}

Deno.test("a second process uses the database through the one that has it", () =>
  withOwner(async (owner, directory) => {
    await using guest = await enter(directory);
    assert.equal(guest.sleep, undefined);
    assert.equal((await guest.health()).state, "ok");
    await guest.sql`insert into balance select n, 100 from generate_series(1, 10) n`;
    // Both at once: what begins is whole before anybody else goes on.
    const transfer = ({ sql }: Database, round: number) =>
      sql.begin(async (tx) => {
        const [{ cents } = {}] = await tx`select cents from balance where id = ${1 + round % 10}`;
        await tx`update balance set cents = ${cents - 1} where id = ${1 + round % 10}`;
        if (round % 7 === 0) throw new Error("changed my mind");
        await tx`update balance set cents = cents + 1 where id = ${1 + (round + 3) % 10}`;
      }).then(() => true, () => false);
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, round) => transfer(round % 2 === 0 ? owner : guest, round)),
    );
    assert.equal(outcomes.filter((ok) => ok).length, 51);
    const [{ sum } = {}] = await owner.sql`select sum(cents)::int as sum from balance`;
    assert.equal(sum, 1000);
    // More than one socket takes at once.
    const large = "ü".repeat(1_500_000);
    const [{ same } = {}] = await guest.sql`select ${large}::text as same`;
    assert(same === large);
    // Nothing of a guest is left in the session that all share.
    const kept = await owner.sql`select statement from pg_prepared_statements`;
    assert(kept.every(({ statement }) => !statement.includes("as same")));
  }));

Deno.test("each hears what the other tells, once", () =>
  withOwner(async (owner, directory) => {
    await using guest = await enter(directory);
    const heard: string[] = [];
    const all = Promise.withResolvers<void>();
    const hear = (name: string) => (payload: string) => {
      heard.push(`${name} ${payload}`);
      if (heard.length === 4) all.resolve();
    };
    await using _here = owner.hear("test_word", hear("owner"));
    await using _there = guest.hear("test_word", hear("guest"));
    // A guest listens as soon as it is connected.
    while ((await owner.sql`select pg_listening_channels()`).length === 0) {
      await guest.sql`select 1`;
    }
    await guest.sql`select pg_notify('test_word', 'of guest')`;
    await owner.sql`select pg_notify('test_word', 'of owner')`;
    await all.promise;
    await owner.sql`select 1`;
    assert.deepEqual(heard.sort(), [
      ...["guest of guest", "guest of owner"],
      ...["owner of guest", "owner of owner"],
    ]);
  }));

Deno.test("a guest that vanishes or stops leaves nothing undone to the others", () =>
  withOwner(async ({ sql }, directory) => {
    const script = `
      const { openDatabase } = await import(${
      JSON.stringify(import.meta.resolve("./open_database.ts"))
    });
      const { sql } = await openDatabase({ url: undefined, directory: Deno.args[0] });
      await sql.begin(async (tx) => {
        await tx\`insert into balance values (1, 1)\`;
        console.log("in");
        await new Promise(() => setInterval(() => {}, 1000));
      });`;
    for (const signal of ["SIGKILL", "SIGSTOP"] as const) {
      await using child = new Deno.Command(Deno.execPath(), {
        args: ["run", "--frozen", "-A", "-", directory],
        ...{ cwd: new URL("../..", import.meta.url), stdin: "piped", stdout: "piped" },
      }).spawn();
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(script));
      await writer.close();
      const reader = child.stdout.getReader();
      assert.match(new TextDecoder().decode((await reader.read()).value), /in/);
      child.kill(signal);
      const [{ count } = {}] = await sql`select count(*)::int as count from balance`;
      assert.equal(count, 0, signal);
      if (signal === "SIGSTOP") child.kill("SIGKILL");
      await child.status;
      await reader.cancel();
    }
  }));

/** A guest that speaks for itself, and what it heard by the end. */
async function speak(directory: string, messages: readonly (readonly number[])[]): Promise<string> {
  using guest = await Deno.connect({ transport: "unix", path: join(directory, "socket") });
  for (const bytes of messages) await guest.write(Uint8Array.from(bytes));
  return await new Response(guest.readable).text();
}

const STARTUP = [0, 0, 0, 9, 0, 3, 0, 0, 0];

function query(text: string): number[] {
  const bytes = new TextEncoder().encode(`${text}\0`);
  return ["Q".charCodeAt(0), 0, 0, 0, bytes.length + 4, ...bytes];
}

/** A guest with a transaction in which it has made a table. */
async function begin(directory: string): Promise<Deno.UnixConn> {
  const guest = await Deno.connect({ transport: "unix", path: join(directory, "socket") });
  const asked = query("begin; create table left_open (id int)");
  await guest.write(Uint8Array.from([...STARTUP, ...asked]));
  for (let heard = ""; !heard.includes("CREATE TABLE");) {
    const bytes = new Uint8Array(4096);
    heard += new TextDecoder().decode(bytes.subarray(0, await guest.read(bytes) ?? 0));
  }
  return guest;
}

/** With no end of a transaction by itself. */
const startForever = (directory: string) =>
  startDatabase({
    ...{ url: undefined, directory, transactionIdleMs: 3_600_000 },
    onFailure: assert.ifError,
  });

Deno.test("a guest that speaks something else is turned away, and breaks nothing", () =>
  withOwner(async ({ sql }, directory) => {
    const short = ["Q".charCodeAt(0), 0, 0, 0, 0];
    for (
      const messages of [[[0, 0, 0, 8, 0, 1, 0, 0]], [STARTUP, short], [STARTUP, [122, 0, 0, 0, 4]]]
    ) {
      await speak(directory, messages);
      assert.equal((await sql`select 1 as one`)[0]?.one, 1);
    }
  }));

Deno.test("a guest that leaves without a word leaves nothing behind", () =>
  inDirectory(async (directory) => {
    const owner = startForever(directory);
    await owner.sql`select 1`;
    const guest = await begin(directory);
    guest.close();
    // Its transaction is over at once, and nobody waits for it at the end.
    const [{ found } = {}] = await owner.sql`select to_regclass('left_open') as found`;
    assert.equal(found, null);
    await owner[Symbol.asyncDispose]();
  }));

Deno.test("a door closes while one guest waits for another", () =>
  inDirectory(async (directory) => {
    const owner = startForever(directory);
    await owner.sql`select 1`;
    using _first = await begin(directory);
    using second = await Deno.connect({ transport: "unix", path: join(directory, "socket") });
    await second.write(Uint8Array.from([...STARTUP, ...query("select 1")]));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await owner[Symbol.asyncDispose]();
  }));

Deno.test("a process without files for guests goes on", () =>
  inDirectory(async (directory) => {
    const script = `
      const { openGuestDoor } = await import(${
      JSON.stringify(import.meta.resolve("./guest_door.ts"))
    });
      const { PgliteNotices } = await import(${
      JSON.stringify(import.meta.resolve("./pglite_notices.ts"))
    });
      await Deno.mkdir(Deno.args[0]);
      await using door = openGuestDoor(Deno.args[0], {
        notices: new PgliteNotices(),
        connect: () => Promise.reject(new Error("shut")),
      });
      const path = Deno.args[0] + "/socket";
      const files = [];
      try { for (;;) files.push(Deno.openSync("/dev/null")); } catch { files.pop().close(); }
      const guest = await Deno.connect({ transport: "unix", path });
      await new Promise((resolve) => setTimeout(resolve, 50));
      for (const file of files) file.close();
      const { length } = await new Response(guest.readable).text();
      console.log(length > 0 ? "let in" : "");`;
    const { stdout, stderr } = await new Deno.Command("sh", {
      args: [
        ...["-c", 'ulimit -n 128; exec "$0" eval --frozen "$1" "$2"'],
        ...[Deno.execPath(), script, directory],
      ],
      cwd: new URL("../..", import.meta.url),
    }).output();
    assert.match(new TextDecoder().decode(stdout), /let in/, new TextDecoder().decode(stderr));
  }));

Deno.test("who ends what others use tells them, and the next one finds it free", () =>
  inDirectory(async (directory) => {
    const owner = start(directory);
    await owner.sql`select 1`;
    const guest = await enter(directory);
    await guest.sql`select 1`;
    await owner[Symbol.asyncDispose]();
    // Once it has noticed, it has nothing to say goodbye to.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await assert.rejects(guest.sql`select 1`, { code: "upstream_failed" });
    await guest[Symbol.asyncDispose]();
    await assert.rejects(Deno.lstat(join(directory, "socket")), Deno.errors.NotFound);
    await using next = await enter(directory);
    assert.equal((await next.health()).state, "ok");
    // A command that has it lets nobody in.
    await assert.rejects(enter(directory), { code: "conflict" });
  }));

Deno.test("only the user's own processes are let in, and those that must be alone are refused", () =>
  withOwner(async (_owner, directory) => {
    const { mode } = await Deno.lstat(join(directory, "socket"));
    assert.equal(mode! & 0o777, 0o600);
    const alone = openDatabase({ url: undefined, directory, alone: true });
    await assert.rejects(alone, { code: "conflict" });
  }));

Deno.test("guestSocketPath() knows no path that is too long", () => {
  assert.equal(guestSocketPath("/data"), "/data/socket");
  assert.equal(guestSocketPath(`/${"x".repeat(120)}`), undefined);
  const below = join(Deno.cwd(), "x".repeat(80));
  assert(guestSocketPath(below)!.length <= 107);
});
