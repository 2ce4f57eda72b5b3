import published from "postgres";
// @ts-types="postgres"
import vendored from "../../vendor/postgres/src/index.js";

/**
 * Run as a program: loses a connection within a transaction, and says `alive` if it can still do so.
 * Arguments: the URL of a server, and `published` or `vendored`.
 */
if (import.meta.main) {
  const [url = "", which] = Deno.args;
  const postgres = which === "published" ? published : vendored;
  const sql = postgres(url, { max: 1 });
  const killer = postgres(url, { max: 1 });
  const nothing = () => null;
  await sql.begin(async (tx) => {
    const [row] = await tx`select pg_backend_pid() as pid`;
    const asleep = tx`select pg_sleep(60)`.catch(nothing);
    await killer`select pg_terminate_backend(${row!.pid}, 5000)`;
    await asleep;
    await tx`select 1`;
  }).catch(nothing);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await sql`select 1`;
  Deno.stdout.writeSync(new TextEncoder().encode("alive"));
  await Promise.all([sql.end({ timeout: 1 }), killer.end({ timeout: 1 })]);
}
