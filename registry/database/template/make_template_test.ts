import assert from "node:assert/strict";
import { PGlite } from "@electric-sql/pglite";
import { pg_trgm } from "@electric-sql/pglite/contrib/pg_trgm";
import { migrationKeys, preparedTemplate, TEMPLATE_FACTS_URL } from "../pglite_template.ts";
import { MIGRATIONS_DIRECTORY } from "../read_migrations.ts";
import { makeTemplate } from "./make_template.ts";

/** Everything that migrations make, and how many rows there are. */
async function schemaOf(template: Blob): Promise<unknown> {
  const pglite = await PGlite.create({ extensions: { pg_trgm }, loadDataDir: template });
  const { rows } = await pglite.query(`
    select 'column' as kind, table_name || '.' || column_name as name,
      concat_ws(' ', data_type, is_nullable, column_default, generation_expression) as text
    from information_schema.columns where table_schema = 'public'
    union all select 'index', indexname, indexdef from pg_indexes where schemaname = 'public'
    union all select 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
    from pg_constraint where connamespace = 'public'::regnamespace
    union all select 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid)
    from pg_trigger where not tgisinternal
    union all select 'function', p.oid::regprocedure::text, prosrc
    from pg_proc p where pronamespace = 'public'::regnamespace
    union all select 'extension', extname, extversion from pg_extension
    union all select 'migration', name, checksum from schema_migration
    union all select 'rows', relname, (xpath('/row/c/text()', query_to_xml(
      format('select count(*) as c from %I', relname), false, true, '')))[1]::text
    from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
    order by 1, 2, 3`);
  await pglite.close();
  return rows;
}

Deno.test("makeTemplate() makes what is in the repository, of today's migrations", async () => {
  const facts = JSON.parse(await Deno.readTextFile(TEMPLATE_FACTS_URL));
  const keys = await migrationKeys(MIGRATIONS_DIRECTORY);
  assert.deepEqual(
    facts.migrations,
    keys,
    "a migration was added or changed: `deno task template`",
  );
  const kept = await preparedTemplate();
  assert(kept !== undefined);
  const { bytes } = await makeTemplate();
  const wanted = await schemaOf(new Blob([new Uint8Array(bytes)]));
  assert.deepEqual(await schemaOf(kept), wanted);
});
