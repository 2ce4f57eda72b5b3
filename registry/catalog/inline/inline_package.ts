import type { JsonValue } from "../../../spec/json.ts";
import { isJsonObject } from "../../../spec/json.ts";
import type { AnySql } from "../../database/database.ts";
import type { InlineCode } from "../../inline/inline_code.ts";
import type { Visibility } from "../package_entry.ts";

/** Whose an inline package is, and what a call of it runs. */
export interface InlinePackage {
  readonly ownerId: string;
  readonly visibility: Visibility;
  /** `null` until a version of it has worked. */
  readonly latestVersion: string | null;
}

/** The package of that name; `null` where there is none. */
export async function readInlinePackage(
  sql: AnySql,
  packageName: string,
): Promise<InlinePackage | null> {
  const [row] = await sql<
    { owner_id: string; visibility: Visibility; latest_version: string | null }[]
  >`
    select owner_id, visibility, latest_version from package
    where source = 'inline' and name = ${packageName} and owner_id is not null`;
  if (row === undefined) return null;
  return {
    ownerId: row.owner_id,
    visibility: row.visibility,
    latestVersion: row.latest_version,
  };
}

/** The code of an exact version; `undefined` where there is none. */
export async function readInlineCode(
  sql: AnySql,
  { packageName, version }: { readonly packageName: string; readonly version: string },
): Promise<InlineCode | undefined> {
  const [row] = await sql<{ source_text: string }[]>`
    select source_text from package_version
    join package on package.id = package_id
    where package.source = 'inline' and package.name = ${packageName}
      and version = ${version} and source_text is not null`;
  return row === undefined ? undefined : parseCode(JSON.parse(row.source_text));
}

/** What was stored was checked; a row that somebody else wrote says nothing. */
function parseCode(value: JsonValue): InlineCode | undefined {
  if (!isJsonObject(value)) return undefined;
  const { files, modules, entry, dependencies, packageJson } = value;
  const isWhole = isTexts(files) && isTexts(dependencies) && typeof entry === "string" &&
    isJsonObject(packageJson);
  if (!isWhole) return undefined;
  const code = { files, entry, dependencies, packageJson };
  if (modules === undefined) return code;
  return isTexts(modules) ? { ...code, modules } : undefined;
}

function isTexts(value: JsonValue | undefined): value is Readonly<Record<string, string>> {
  return isJsonObject(value) && Object.values(value).every((text) => typeof text === "string");
}
