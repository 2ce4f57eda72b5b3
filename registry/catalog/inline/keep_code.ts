import type { TransactionSql } from "postgres";
import { canonicalJson } from "../../../spec/canonical_json.ts";
import { AirlockError } from "../../../spec/errors.ts";
import type { Sql } from "../../database/database.ts";
import { newId } from "../../database/new_id.ts";
import type { InlineCode } from "../../inline/inline_code.ts";
import { toolNotFound } from "../read_tool.ts";

/** What one account may have. */
export const INLINE_COUNTS = { packages: 1_000, versions: 1_000 } as const;

/** Code, whose it is, and the package that it is a version of; a new one where absent. */
export interface NewCode {
  readonly code: InlineCode;
  readonly ownerId: string;
  readonly packageName?: string;
}

/** Where code was kept. */
export interface KeptCode {
  readonly packageName: string;
  readonly version: string;
  /** `false` where the newest version that works is of the same code. */
  readonly isNew: boolean;
}

/**
 * Keeps code as a new version, which is nobody's to call before it is recorded. Numbers of versions
 * are never given twice, also where the first did not work: artifacts go by them.
 * @throws {AirlockError} `tool_not_found` for a package that the account does not have,
 * `resource_limit` for more than an account may have.
 */
export async function keepCode(
  sql: Sql,
  { code, ownerId, packageName }: NewCode,
): Promise<KeptCode> {
  const text = canonicalJson(code);
  return await sql.begin(async (tx) => {
    const owned = packageName === undefined
      ? await addPackage(tx, ownerId)
      : await lockPackage(tx, packageName, ownerId);
    const [same] = await tx<{ version: string }[]>`
      select version from package_version
      where package_id = ${owned.id} and version = ${owned.latest} and source_text = ${text}`;
    if (same !== undefined) {
      return { packageName: owned.name, version: same.version, isNew: false };
    }
    const [{ count } = { count: 0 }] = await tx<{ count: number }[]>`
      select count(*)::int as count from package_version where package_id = ${owned.id}`;
    if (count >= INLINE_COUNTS.versions) throw tooMany("versions", INLINE_COUNTS.versions);
    const version = `${count + 1}.0.0`;
    await tx`
      insert into package_version (id, package_id, version, state, source_text)
      values (${newId("ver")}, ${owned.id}, ${version}, 'building', ${text})`;
    return { packageName: owned.name, version, isNew: true };
  });
}

/** Forgets the code of a version that did not work; its number stays taken. */
export async function dropCode(
  sql: Sql,
  { packageName, version }: Pick<KeptCode, "packageName" | "version">,
): Promise<void> {
  await sql`
    update package_version set state = 'failed', source_text = null
    from package
    where package.id = package_id and package.source = 'inline' and package.name = ${packageName}
      and version = ${version} and state = 'building'`;
}

interface OwnedPackage {
  readonly id: string;
  readonly name: string;
  readonly latest: string | null;
}

async function addPackage(tx: TransactionSql, ownerId: string): Promise<OwnedPackage> {
  // One account adds one at a time, so that its count holds.
  await tx`select pg_advisory_xact_lock(hashtextextended(${`inline:${ownerId}`}, 0))`;
  const [{ count } = { count: 0 }] = await tx<{ count: number }[]>`
    select count(*)::int as count from package
    where source = 'inline' and owner_id = ${ownerId}`;
  if (count >= INLINE_COUNTS.packages) throw tooMany("packages", INLINE_COUNTS.packages);
  const id = newId("pkg");
  // Nobody can guess it, and no registry has it.
  const name = `inline-${crypto.randomUUID().replaceAll("-", "")}`;
  await tx`
    insert into package (id, source, name, owner_id, visibility)
    values (${id}, 'inline', ${name}, ${ownerId}, 'private')`;
  return { id, name, latest: null };
}

async function lockPackage(
  tx: TransactionSql,
  packageName: string,
  ownerId: string,
): Promise<OwnedPackage> {
  const [row] = await tx<{ id: string; name: string; latest_version: string | null }[]>`
    select id, name, latest_version from package
    where source = 'inline' and name = ${packageName} and owner_id = ${ownerId}
    for update`;
  if (row === undefined) throw toolNotFound();
  return { id: row.id, name: row.name, latest: row.latest_version };
}

function tooMany(what: string, allowed: number): AirlockError {
  return new AirlockError("resource_limit", `keep source: ${allowed} ${what} are allowed`, {
    stage: "request",
    suggestion: "Remove what is no longer needed",
    details: { limit: what, allowed },
  });
}
