import { z } from "zod";
import { AirlockError } from "../../spec/errors.ts";

/** Largest secret, in UTF-8. */
export const MAX_SECRET_BYTES = 16 * 1024;

/** Most secrets of one account, those of its collections included. */
export const MAX_SECRETS_PER_ACCOUNT = 500;

/** What a tool may read an environment variable by. */
export const SECRET_NAME_PATTERN = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** Where a secret is kept: with an account, or with one of its collections. */
export interface SecretPlace {
  readonly tenant: string;
  /** `null`: with the account itself. */
  readonly collectionId: string | null;
}

/** A secret as lists show it: never with its value. */
export interface SecretView {
  readonly id: string;
  readonly name: string;
  readonly collectionId: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

const viewRow = z.object({
  id: z.string(),
  name: z.string(),
  collection_id: z.string().nullable(),
  created_at: z.date(),
  updated_at: z.date(),
});

/** What may be told of a row of `secret`. */
export function viewSecret(row: unknown): SecretView {
  const secret = viewRow.parse(row);
  return {
    id: secret.id,
    name: secret.name,
    collectionId: secret.collection_id,
    createdAt: secret.created_at.toISOString(),
    updatedAt: secret.updated_at.toISOString(),
  };
}

/** What a sealed value is bound to: moved to another row, it does not open. */
export function sealPlaceOf(
  { tenant, collectionId, name }: SecretPlace & { readonly name: string },
): string[] {
  return ["secret", tenant, collectionId === null ? "account" : `collection ${collectionId}`, name];
}

/**
 * Checks a secret's name and size.
 * @throws {AirlockError} `invalid_input`, `payload_too_large`; never with the value.
 */
export function checkSecret(name: string, value: string): void {
  if (!SECRET_NAME_PATTERN.test(name)) {
    throw new AirlockError("invalid_input", "store secret: the name is not one of a variable", {
      stage: "request",
      suggestion: "Use letters, digits and underscores, such as API_TOKEN.",
    });
  }
  if (value === "" || value.includes("\0") || !value.isWellFormed()) {
    throw new AirlockError("invalid_input", "store secret: the value is empty or not plain text", {
      stage: "request",
    });
  }
  if (new TextEncoder().encode(value).length > MAX_SECRET_BYTES) {
    throw new AirlockError("payload_too_large", `store secret: over ${MAX_SECRET_BYTES} bytes`, {
      stage: "request",
    });
  }
}
