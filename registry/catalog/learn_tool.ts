import type { Fragment } from "postgres";
import type { DescribeRequest, PackageDescription } from "../../spec/description.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { SourceKind, SourceWish } from "../../spec/tool.ts";
import type { Sql } from "../database/database.ts";
import type { Visibility } from "./package_entry.ts";
import { recordPackage } from "./record_package.ts";

/** Which tool, and how its package is looked into. */
export interface LearnToolOptions {
  readonly toolId: string;
  /** What whoever asks may see: a condition over columns of `tool`. */
  readonly visible: Fragment;
  /** Builds and probes a version, for whoever asks. */
  readonly describe: (wanted: DescribeRequest) => Promise<PackageDescription>;
}

interface UnknownTool {
  readonly name: string;
  readonly package_name: string;
  readonly version: string;
  readonly source: SourceKind;
  readonly owner_id: string | null;
  readonly visibility: Visibility;
  readonly keywords: string[];
  readonly is_latest: boolean;
}

const PREPARED: readonly SourceWish[] = ["npm", "esm", "wasm", "inline"];

/**
 * Finds out what the version that the catalog shows of a tool consists of, where nobody knows yet. Where
 * it is known, or there is no such tool for whoever asks, nothing happens.
 * @throws {AirlockError} `tool_not_found` where its code does not have it, and what preparing throws.
 */
export async function learnTool(
  sql: Sql,
  { toolId, visible, describe }: LearnToolOptions,
): Promise<void> {
  const [tool] = await sql<UnknownTool[]>`
    select tool.name, package.name as package_name, package_version.version, package.source,
      package.owner_id, package.visibility, package.keywords,
      package_version.version is not distinct from package.latest_version as is_latest
    from tool
    join package on package.id = tool.package_id
    join package_version on package_version.id = tool.version_id
    where tool.id = ${toolId} and tool.removed_at is null and (${visible})
      and (package_version.manifest is null or package_version.lock is null)`;
  const source = PREPARED.find((known) => known === tool?.source);
  if (tool === undefined || source === undefined) return;
  const { name, package_name: packageName, version, keywords, visibility } = tool;
  const { manifest, digest, lock } = await describe({ packageName, version, source });
  await recordPackage(sql, {
    ...{ manifest, digest, lock, keywords, visibility },
    ...{ ownerId: tool.owner_id, isLatest: tool.is_latest },
  });
  if (manifest.tools.some((found) => found.name === name)) return;
  throw new AirlockError(
    "tool_not_found",
    `prepare tool: the code of ${packageName}@${version} does not have ${name}`,
    {
      stage: "resolve",
      suggestion: "See what it has with POST /list-exports.",
      details: { has: manifest.tools.slice(0, 20).map((found) => found.name) },
    },
  );
}
