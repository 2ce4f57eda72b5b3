import type { SourceKind } from "../../spec/tool.ts";
import type { AnySql } from "../database/database.ts";
import type { Visibility } from "./package_entry.ts";

/** What a call of a tool by its slug runs, and whose it is. */
export interface CallableTool {
  readonly packageName: string;
  readonly version: string;
  readonly name: string;
  readonly source: SourceKind;
  /** `null`: of a public registry. */
  readonly ownerId: string | null;
  readonly visibility: Visibility;
}

/** The tool with that slug; `null` where there is none. Whoever asks decides who may call it. */
export async function readCallable(sql: AnySql, slug: string): Promise<CallableTool | null> {
  const [row] = await sql<
    {
      package_name: string;
      version: string;
      name: string;
      source: SourceKind;
      owner_id: string | null;
      visibility: Visibility;
    }[]
  >`
    select package_name, version, name, source, owner_id, visibility
    from tools where slug = ${slug}`;
  if (row === undefined) return null;
  const { package_name: packageName, owner_id: ownerId, ...rest } = row;
  return { ...rest, packageName, ownerId };
}
