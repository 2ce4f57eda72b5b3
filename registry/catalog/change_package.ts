import { AirlockError } from "../../spec/errors.ts";
import type { AnySql } from "../database/database.ts";
import { learnWords } from "./learn_words.ts";
import type { Visibility } from "./package_entry.ts";

/**
 * Shows an account's package with all its tools to everybody, or to its account only.
 * @throws {AirlockError} `invalid_input` for hiding what is of a public registry.
 */
export async function setVisibility(
  tx: AnySql,
  { packageId, visibility }: { readonly packageId: string; readonly visibility: Visibility },
): Promise<void> {
  const changed = await tx`
    update package set visibility = ${visibility}, updated_at = now()
    where id = ${packageId} and (owner_id is not null or ${visibility} = 'public')
    returning id`;
  if (changed.length === 0) {
    throw new AirlockError("invalid_input", "hide tool: it is of a public registry", {
      stage: "request",
      suggestion: "Remove it from the catalog instead",
    });
  }
  await tx`
    update tool set visibility = ${visibility}, updated_at = now() where package_id = ${packageId}`;
  if (visibility === "public") await learnWords(tx, [packageId]);
}

/** Forgets a package: its versions, its tools, and what people think of them. */
export async function removePackage(tx: AnySql, packageId: string): Promise<void> {
  await tx`delete from package where id = ${packageId}`;
}
