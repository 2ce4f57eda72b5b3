import { openDatabase } from "../../registry/database/open_database.ts";

/**
 * Run as a program: writes numbers into a table until it is killed, and says each one on standard
 * output after the database has acknowledged it. Arguments: a directory, or the URL of a server.
 */
if (import.meta.main) {
  const [where = "", first = "0"] = Deno.args;
  const isServer = where.startsWith("postgres:");
  await using database = await openDatabase({
    url: isServer ? where : undefined,
    directory: isServer ? undefined : where,
  });
  const { sql } = database;
  await sql`create table if not exists written (n int primary key, pad text not null)`;
  const say = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
  say("ready");
  for (let n = Number(first);; n += 2) {
    // By itself and in a transaction, which has to be whole.
    await sql`insert into written values (${n}, ${"x".repeat(500)})`;
    say(String(n));
    await sql.begin(async (tx) => {
      await tx`insert into written values (${-n - 1}, '')`;
      await tx`insert into written values (${n + 1}, '')`;
    });
    say(String(n + 1));
  }
}
