import type { PackageDescription } from "../../../spec/description.ts";
import type { Sql } from "../../database/database.ts";
import { checkInlineCode } from "../../inline/inline_code.ts";
import { recordPackage } from "../record_package.ts";
import { dropCode, keepCode, type NewCode } from "./keep_code.ts";

/** How code is made known. */
export interface AddInlineOptions {
  /** Builds and probes a version, as its owner. */
  readonly describe: (
    kept: { readonly packageName: string; readonly version: string },
  ) => Promise<PackageDescription>;
  /** Told that the newest version of a package is another now. */
  readonly onChange: (packageName: string) => void;
}

/**
 * Takes code in: keeps it as a version, builds and probes that, and has its tools be the package's.
 * Code that does not work leaves the package as it was.
 * @throws {AirlockError} what {@linkcode checkInlineCode}, {@linkcode keepCode} and preparing throw.
 */
export async function addInline(
  sql: Sql,
  added: NewCode,
  { describe, onChange }: AddInlineOptions,
): Promise<PackageDescription> {
  checkInlineCode(added.code);
  const kept = await keepCode(sql, added);
  try {
    const description = await describe(kept);
    const { manifest, digest, lock } = description;
    // Owner and visibility are those of the package, which is there already.
    const owned = { ownerId: added.ownerId, visibility: "private" } as const;
    if (kept.isNew) await recordPackage(sql, { manifest, digest, lock, ...owned });
    onChange(kept.packageName);
    return description;
  } catch (error) {
    if (kept.isNew) await dropCode(sql, kept);
    throw error;
  }
}
