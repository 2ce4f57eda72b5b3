import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { PGlite } from "@electric-sql/pglite";
import { pg_trgm } from "@electric-sql/pglite/contrib/pg_trgm";
import { CLUSTER_PARAMETERS } from "../cluster_parameters.ts";
import type { Sql } from "../database.ts";
import { migrate } from "../migrate.ts";
import { endSql, sqlOver } from "../open_database.ts";
import { PgliteConnection } from "../pglite_connection.ts";
import { PgliteNotices } from "../pglite_notices.ts";
import {
  migrationKeys,
  TEMPLATE_FACTS_URL,
  TEMPLATE_URL,
  type TemplateFacts,
} from "../pglite_template.ts";
import { MIGRATIONS_DIRECTORY } from "../read_migrations.ts";
import { Turns } from "../turns.ts";

const TRANSACTION_IDLE_MS = 60_000;

/** The smallest size of the log's segments: a first start writes one. */
const INITDB_PARAMETERS = ["--wal-segsize=1"];

/** Without the log of what was done here. */
const PARAMETERS = [...CLUSTER_PARAMETERS, "-c", "min_wal_size=2MB", "-c", "wal_recycle=off"];

/** The same files make the same archive. */
const TAR = ["--create", "--format=ustar", "--sort=name", "--mtime=@0", "--owner=0", "--group=0"];

/**
 * Maps of free and of visible pages: hints, which PostgreSQL makes again where they are missing. To make
 * a file takes a first start more time than to fill it.
 */
const LEFT_OUT = ["--exclude=*_fsm", "--exclude=*_vm"];

/**
 * Makes what new embedded databases begin with: a cluster with all migrations that was closed in
 * order, since anything else would be recovered at every first start.
 */
export async function makeTemplate(): Promise<
  { readonly bytes: Uint8Array; readonly facts: TemplateFacts }
> {
  const directory = await Deno.makeTempDir();
  try {
    await makeCluster(directory);
    const args = [...TAR, ...LEFT_OUT, `--directory=${directory}`, "."];
    const { success, stdout, stderr } = await new Deno.Command("tar", { args }).output();
    if (!success) throw new Error(`make template: tar: ${new TextDecoder().decode(stderr)}`);
    const bytes = gzipSync(stdout, { level: 9 });
    const digest = createHash("sha256").update(bytes).digest("hex");
    return { bytes, facts: { migrations: await migrationKeys(MIGRATIONS_DIRECTORY), digest } };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function makeCluster(dataDir: string): Promise<void> {
  const pglite = await PGlite.create({
    ...{ dataDir, extensions: { pg_trgm } },
    ...{ initDbStartParams: INITDB_PARAMETERS, startParams: PARAMETERS },
  });
  const backend = {
    thread: { run: (group: Uint8Array) => pglite.execProtocolRaw(group) },
    turns: new Turns(),
    transactionIdleMs: TRANSACTION_IDLE_MS,
    notices: new PgliteNotices(),
    listening: new Set<string>(),
  };
  const connect = () => Promise.resolve(new PgliteConnection(backend));
  const sql = sqlOver(connect, { url: undefined, directory: undefined });
  await migrate({ sql });
  await shrink(sql);
  await endSql(sql);
  await pglite.close();
}

/** Leaves what a first start has to write, which is one database and the end of the log. */
async function shrink(sql: Sql): Promise<void> {
  // Two thirds of all files are of databases that nobody connects to.
  await sql`update pg_database set datistemplate = false`;
  await sql`drop database template0`;
  await sql`drop database template1`;
  await sql`checkpoint`;
  await sql`select pg_switch_wal()`;
  await sql`checkpoint`;
}

if (import.meta.main) {
  const { bytes, facts } = await makeTemplate();
  await Deno.writeFile(TEMPLATE_URL, bytes);
  await Deno.writeTextFile(TEMPLATE_FACTS_URL, `${JSON.stringify(facts, null, 2)}\n`);
}
