import assert from "node:assert/strict";
import { join } from "node:path";
import type { Database } from "../../registry/database/database.ts";
import { openDatabase } from "../../registry/database/open_database.ts";
import { eventually, KillWorld, pause } from "../support/kill_world.ts";
import { createServerDatabase, TEST_DATABASE_KINDS } from "../support/test_database.ts";

const WRITER = new URL("../support/database_writer.ts", import.meta.url);
const ROUNDS = 4;

/** A program that writes to a database, and what it was told to be safe. */
class Writer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #read: Promise<void>;
  output = "";

  constructor(where: string, first: number) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--frozen", "-A", WRITER.pathname, where, String(first)],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#read = this.#collect();
  }

  /** Numbers that were acknowledged: a last line may have been cut off. */
  get acknowledged(): number[] {
    return this.output.split("\n").slice(0, -1).filter((line) => /^\d+$/.test(line)).map(Number);
  }

  async #collect(): Promise<void> {
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      this.output += text;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#read;
  }
}

/** Kills a writer while it writes, several times, and looks for what it was told. */
async function killWriters(where: string, open: () => Promise<Database>): Promise<void> {
  const promised: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const writer = new Writer(where, round * 1_000_000);
    {
      await using _killed = writer;
      const wanted = 20 + round * 40;
      assert(await eventually(() => writer.acknowledged.length > wanted, 60_000), writer.output);
    }
    promised.push(...writer.acknowledged);
    await using database = await open();
    const rows = await database.sql<{ n: number }[]>`select n from written`;
    const found = new Set(rows.map(({ n }) => n));
    assert.deepEqual(promised.filter((n) => !found.has(n)), [], "acknowledged and lost");
    const halves = [...found].filter((n) => n < 0 && !found.has(-n));
    assert.deepEqual(halves, [], "half of a transaction");
    await database.sql`reindex table written`;
  }
}

Deno.test("no acknowledged write is lost by a kill, embedded", async () => {
  const directory = await Deno.makeTempDir({ prefix: "airlock-kill-database-" });
  await killWriters(directory, () => openDatabase({ url: undefined, directory }));
  await Deno.remove(directory, { recursive: true });
});

Deno.test({
  name: "no acknowledged write is lost by a kill, on a server",
  // Only where there is no server; with CI=true there has to be one.
  ignore: !TEST_DATABASE_KINDS.includes("postgres"),
  async fn() {
    await using target = await createServerDatabase();
    const { url } = target;
    await killWriters(url, () => openDatabase({ url, directory: undefined }));
  },
});

Deno.test({
  name: "connections that a server ends at random lose no transaction, and nothing hangs",
  // Only where there is no server; with CI=true there has to be one.
  ignore: !TEST_DATABASE_KINDS.includes("postgres"),
  async fn() {
    await using target = await createServerDatabase();
    await using database = await openDatabase({ url: target.url, directory: undefined });
    await using killer = await openDatabase({ url: target.url, directory: undefined });
    const { sql } = database;
    await sql`create table balance (id int primary key, cents int not null)`;
    await sql`insert into balance select n, 100 from generate_series(1, 20) n`;
    const endMs = performance.now() + 3_000;
    const outcomes = { ok: 0, failed: 0 };
    const transfer = async (worker: number) => {
      for (let round = worker; performance.now() < endMs; round += 7) {
        const moved = sql.begin(async (tx) => {
          await tx`update balance set cents = cents - 1 where id = ${1 + round % 20}`;
          await tx`select pg_sleep(0.002)`;
          await tx`update balance set cents = cents + 1 where id = ${1 + (round * 3) % 20}`;
        });
        await moved.then(() => outcomes.ok++, () => outcomes.failed++);
        const asked = sql<{ mine: number }[]>`select ${round}::int as mine`;
        // An answer that was meant for another query would be worse than none.
        const [answer] = await asked.catch(() => []);
        assert.equal(answer?.mine ?? round, round);
      }
    };
    const kill = async () => {
      while (performance.now() < endMs) {
        await killer.sql`
          select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid() and query like '%balance%'
          order by random() limit 2`;
        await pause(30);
      }
    };
    const startedMs = performance.now();
    await Promise.all([...Array.from({ length: 12 }, (_, worker) => transfer(worker)), kill()]);
    const [row] = await sql`select sum(cents)::int as sum from balance`;
    assert.equal(row!.sum, 2000);
    assert(performance.now() - startedMs < 20_000, "something waited for an answer that was lost");
    assert(outcomes.ok > 0 && outcomes.failed > 0, JSON.stringify(outcomes));
  },
});

Deno.test("a second process is refused a directory, and loses nothing of the first's", async () => {
  const directory = await Deno.makeTempDir({ prefix: "airlock-kill-database-" });
  {
    await using writer = new Writer(directory, 0);
    assert(await eventually(() => writer.acknowledged.length > 5, 60_000), writer.output);
    await assert.rejects(openDatabase({ url: undefined, directory }), {
      code: "conflict",
      message: /^Opening the database: process \d+ uses it$/,
    });
    const before = writer.acknowledged.length;
    assert(await eventually(() => writer.acknowledged.length > before + 5, 60_000));
  }
  // A killed process holds no lock.
  await using _database = await openDatabase({ url: undefined, directory });
  await _database[Symbol.asyncDispose]();
  await Deno.remove(directory, { recursive: true });
});

Deno.test("a first start that was killed anywhere is begun anew", async () => {
  const root = await Deno.makeTempDir({ prefix: "airlock-kill-database-" });
  for (let round = 0; round < 6; round++) {
    const directory = join(root, String(round));
    {
      await using _killed = new Writer(directory, 0);
      const begun = () => entriesOf(join(directory, "cluster")) >= round * 4;
      assert(await eventually(begun, 60_000));
    }
    await using database = await openDatabase({ url: undefined, directory });
    const [row] = await database.sql`select 1 as one`;
    assert.equal(row!.one, 1);
  }
  await Deno.remove(root, { recursive: true });
});

Deno.test("a gateway answers calls while its database is another process's", async () => {
  await using world = await KillWorld.open();
  // Whose calls they are is known without the database.
  const key = { AIRLOCK_API_KEY: "of both gateways" };
  await world.publish("adder", "export const add = ({ a, b }) => a + b;");
  await using first = await world.serve(key);
  const stateOf = async (url: string): Promise<string> => {
    const response = await fetch(`${url}/health`);
    return (await response.json()).database.state;
  };
  assert(await eventually(async () => await stateOf(first.url) === "idle", 60_000));
  await using second = await world.serve(key);
  assert(await eventually(async () => await stateOf(second.url) === "down", 60_000));
  const answer = await second.call({
    ...{ packageName: "adder", version: "1.0.0", name: "add", params: { a: 2, b: 3 } },
  });
  assert.equal(answer.body.success && answer.body.output, 5);
  first.kill("SIGKILL");
  await first.status;
  // What it could not write about its call asks for the database again and again.
  assert(await eventually(async () => await stateOf(second.url) === "ok", 60_000));
});

/** How many files and folders a directory has, at its top. */
function entriesOf(path: string): number {
  try {
    return [...Deno.readDirSync(path)].length;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return -1;
    throw error;
  }
}
