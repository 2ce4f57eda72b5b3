import { createHash } from "node:crypto";
import { PGlite } from "@electric-sql/pglite";
import { pg_trgm } from "@electric-sql/pglite/contrib/pg_trgm";
import { migrate } from "../migrate.ts";
import { endSql, sqlOver } from "../open_database.ts";
import { PgliteConnection } from "../pglite_connection.ts";
import {
  emptyTemplate,
  migrationKeys,
  TEMPLATE_FACTS_URL,
  TEMPLATE_URL,
  type TemplateFacts,
} from "../pglite_template.ts";
import { MIGRATIONS_DIRECTORY } from "../read_migrations.ts";
import { Turns } from "../turns.ts";

const TRANSACTION_IDLE_MS = 60_000;

/** Makes what new embedded databases begin with: a cluster with all migrations. */
export async function makeTemplate(): Promise<
  { readonly bytes: Uint8Array; readonly facts: TemplateFacts }
> {
  const pglite = await PGlite.create({
    extensions: { pg_trgm },
    loadDataDir: await emptyTemplate(),
  });
  const backend = {
    thread: { run: (group: Uint8Array) => pglite.execProtocolRaw(group) },
    turns: new Turns(),
    transactionIdleMs: TRANSACTION_IDLE_MS,
  };
  const connect = () => Promise.resolve(new PgliteConnection(backend));
  const sql = sqlOver(connect, { url: undefined, directory: undefined });
  await migrate({ sql });
  // What is only in the log would be replayed at every first start.
  await sql`checkpoint`;
  await endSql(sql);
  const bytes = new Uint8Array(await (await pglite.dumpDataDir("gzip")).arrayBuffer());
  await pglite.close();
  const digest = createHash("sha256").update(bytes).digest("hex");
  return { bytes, facts: { migrations: await migrationKeys(MIGRATIONS_DIRECTORY), digest } };
}

if (import.meta.main) {
  const { bytes, facts } = await makeTemplate();
  await Deno.writeFile(TEMPLATE_URL, bytes);
  await Deno.writeTextFile(TEMPLATE_FACTS_URL, `${JSON.stringify(facts, null, 2)}\n`);
}
