import type { TransactionSql } from "postgres";
import { newId } from "../database/new_id.ts";
import { learnWords } from "./learn_words.ts";
import { toolEntry, type ToolsEntry } from "./package_entry.ts";
import { distinctSlug, type SluggedTool, toolSlug } from "./tool_slug.ts";

/** The version whose tools are the package's. */
export interface LatestVersion {
  readonly entry: ToolsEntry;
  readonly packageId: string;
  readonly versionId: string;
}

/**
 * Makes the tools of each of these packages those of its latest version, keeping ids and slugs of
 * tools that stay. A package may be there once.
 */
export async function recordTools(
  tx: TransactionSql,
  packages: readonly LatestVersion[],
): Promise<void> {
  if (packages.length === 0) return;
  const slugs = await chooseSlugs(tx, packages);
  const entries = packages.flatMap(({ entry, packageId, versionId }) => {
    const { tools, runtimes } = entry.manifest;
    const able = runtimes.filter(({ ok }) => ok).map(({ runtime }) => runtime);
    return tools.map((tool) => ({
      ...toolEntry(tool, { entry, id: newId("tool"), slug: slugs.get(packageId)!.get(tool.name)! }),
      package_id: packageId,
      version_id: versionId,
      runtimes: able,
    }));
  });
  await tx`
    insert into tool (
      id, package_id, version_id, name, slug, description, category, input_schema, output_schema,
      schema_strategy, schema_warnings, definition_hash, findings, source, owner_id,
      visibility, runtimes, popularity, search
    )
    select
      new.id, package.id, new.version_id, new.name, new.slug, new.description, package.category,
      new.input_schema, new.output_schema, new.schema_strategy, new.schema_warnings,
      new.definition_hash, new.findings, package.source, package.owner_id, package.visibility,
      new.runtimes, popularity_of(package.downloads_week, package.stars, 0),
      setweight(to_tsvector('english', new.named), 'A') ||
        setweight(to_tsvector('english', new.around), 'B') ||
        setweight(to_tsvector('english', new.said), 'C')
    from jsonb_to_recordset(${tx.json(entries)}) as new(
      id text, name text, slug text, description text, input_schema jsonb, output_schema jsonb,
      schema_strategy text, schema_warnings jsonb, definition_hash text, findings jsonb,
      named text, around text, said text, package_id text, version_id text, runtimes text[]
    ) join package on package.id = new.package_id
    on conflict (package_id, name) do update set
      version_id = excluded.version_id, description = excluded.description,
      category = excluded.category, input_schema = excluded.input_schema,
      output_schema = excluded.output_schema, schema_strategy = excluded.schema_strategy,
      schema_warnings = excluded.schema_warnings, definition_hash = excluded.definition_hash,
      findings = excluded.findings, runtimes = excluded.runtimes, search = excluded.search,
      removed_at = null, updated_at = now(),
      -- What was found of another version says nothing of this one.
      health = case when tool.version_id = excluded.version_id then tool.health else 'unknown' end,
      health_failures =
        case when tool.version_id = excluded.version_id then tool.health_failures else 0 end,
      health_checked_at =
        case when tool.version_id = excluded.version_id then tool.health_checked_at end`;
  const ids = packages.map(({ packageId }) => packageId);
  await tx`
    update tool set removed_at = now(), updated_at = now()
    where package_id = any(${ids}) and removed_at is null
      and not exists (
        select from jsonb_to_recordset(${tx.json(kept(packages))}) as kept(id text, names jsonb)
        where kept.id = tool.package_id and kept.names ? tool.name
      )`;
  await learnWords(tx, ids);
}

/** Names of the tools that each package has now. */
function kept(packages: readonly LatestVersion[]) {
  return packages.map(({ packageId: id, entry }) => ({
    id,
    names: entry.manifest.tools.map(({ name }) => name),
  }));
}

/** By package, a name for each tool in paths: the one it has, else a readable one, else its alone. */
async function chooseSlugs(
  tx: TransactionSql,
  packages: readonly LatestVersion[],
): Promise<Map<string, Map<string, string>>> {
  const wanted = packages.flatMap(({ entry }) => sluggedTools(entry).map(toolSlug));
  const ids = packages.map(({ packageId }) => packageId);
  const rows = await tx<{ slug: string; name: string; package_id: string }[]>`
    select slug, name, package_id from tool
    where package_id = any(${ids}) or slug = any(${wanted})`;
  const taken = new Set(rows.map(({ slug }) => slug));
  const own = new Map(ids.map((id) => [id, new Map<string, string>()]));
  for (const { package_id: id, name, slug } of rows) own.get(id)?.set(name, slug);
  for (const { packageId, entry } of packages) {
    const slugs = own.get(packageId)!;
    // A readable one would tell strangers, who get another for theirs, that somebody has it.
    const mayTake = entry.visibility === "public";
    for (const tool of sluggedTools(entry)) {
      if (slugs.has(tool.name)) continue;
      const readable = toolSlug(tool);
      const slug = mayTake && !taken.has(readable) ? readable : distinctSlug(tool);
      taken.add(slug);
      slugs.set(tool.name, slug);
    }
  }
  return own;
}

function sluggedTools({ manifest }: ToolsEntry): SluggedTool[] {
  return manifest.tools.map(({ name }) => ({ ...manifest.resolved, name }));
}
