import { sampleManifest, sampleResolved } from "./sample_artifact.ts";
import type { Database } from "../../registry/database/database.ts";

/** What a tool of {@linkcode insertTools} is, beside its id. */
export interface SampleTool {
  readonly id: string;
  /** `null`: of a public registry. */
  readonly owner?: string | null;
  readonly visibility?: "public" | "private";
}

/** Writes tools past the catalog, each in a package of its own: for tests only. */
export async function insertTools(
  { sql }: Pick<Database, "sql">,
  tools: readonly SampleTool[],
): Promise<void> {
  for (const { id, owner = null, visibility = "public" } of tools) {
    const source = owner === null ? "npm" : "inline";
    const name = id.replace("_", "-");
    await sql`
      insert into package (id, source, name, owner_id, visibility)
      values (${`pkg_${id}`}, ${source}, ${name}, ${owner}, ${visibility})`;
    const resolved = sampleResolved({ source, packageName: name });
    const manifest = JSON.stringify(sampleManifest({ resolved }));
    const lock = JSON.stringify({ packages: { [`${name}@1.0.0`]: "sha512-A" }, modules: {} });
    await sql`
      insert into package_version (id, package_id, version, manifest, lock)
      values (${`ver_${id}`}, ${`pkg_${id}`}, '1.0.0', ${manifest}::text::jsonb,
        ${lock}::text::jsonb)`;
    await sql`
      insert into tool (id, package_id, version_id, name, slug, definition_hash, source, owner_id,
        visibility)
      values (${id}, ${`pkg_${id}`}, ${`ver_${id}`}, 'echo', ${`${name}-echo`}, 'd', ${source},
        ${owner}, ${visibility})`;
  }
}
