import { z } from "zod";
import type { AnySql } from "../../registry/database/database.ts";
import { AirlockError } from "../../spec/errors.ts";
import { readDataKey, takeDataKey } from "../secrets/data_keys.ts";
import type { MasterKeys, SealedDataKey } from "../secrets/master_keys.ts";
import { seal, unseal } from "../secrets/sealed_box.ts";
import type { ServerRow } from "./server_record.ts";

/** Headers that a server is sent, by name. */
export type ServerHeaders = Readonly<Record<string, string>>;

/** Whose headers, and of which server. */
export interface HeadersPlace {
  readonly tenant: string;
  readonly serverId: string;
}

/** What is told of headers without their values. */
export interface HeaderFacts {
  readonly names: readonly string[];
  /** Names of secrets that they are made of. */
  readonly secrets: readonly string[];
}

/** Names of the account's secrets within a header's value: `Bearer ${TOKEN}`. */
const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]{0,127})\}/g;

const headersSchema = z.record(z.string(), z.string());

/** What may be told of headers. */
export function headerFacts(headers: ServerHeaders): HeaderFacts {
  const values = Object.values(headers);
  const found = values.flatMap((value) => [...value.matchAll(REFERENCE)].map(([, name]) => name!));
  return {
    names: Object.keys(headers),
    secrets: [...new Set(found)],
  };
}

/** Seals headers for one server of an account; `null` where there are none. */
export async function sealHeaders(
  tx: AnySql,
  headers: ServerHeaders,
  { tenant, serverId, masterKeys }: HeadersPlace & { readonly masterKeys: MasterKeys },
): Promise<Uint8Array | null> {
  if (Object.keys(headers).length === 0) return null;
  const key = await takeDataKey(tx, tenant, { masterKeys });
  const plain = new TextEncoder().encode(JSON.stringify(headers));
  return seal(plain, key, { place: placeOf({ tenant, serverId }) });
}

/** A server whose headers are opened. */
export type SealedHeaders = Pick<ServerRow, "id" | "owner_id" | "headers">;

/**
 * Reads and opens the headers of a server.
 * @throws {AirlockError} as {@linkcode unsealHeaders} does.
 */
export async function openHeaders(
  sql: AnySql,
  row: SealedHeaders,
  { masterKeys }: { readonly masterKeys: MasterKeys },
): Promise<ServerHeaders> {
  const dataKey = row.headers === null ? null : await readDataKey(sql, row.owner_id);
  return unsealHeaders(row, { dataKey, masterKeys });
}

/**
 * Opens the headers of a server.
 * @throws {AirlockError} `precondition_failed` without the master key, `internal` where they are another's.
 */
export function unsealHeaders(
  row: SealedHeaders,
  { dataKey, masterKeys }: {
    readonly dataKey: SealedDataKey | null;
    readonly masterKeys: MasterKeys;
  },
): ServerHeaders {
  const { id: serverId, owner_id: tenant, headers } = row;
  if (headers === null) return {};
  if (dataKey === null) throw noKey();
  const key = masterKeys.openDataKey(tenant, dataKey);
  try {
    const plain = unseal(headers, key, { place: placeOf({ tenant, serverId }) });
    return headersSchema.parse(JSON.parse(new TextDecoder().decode(plain)));
  } finally {
    key.fill(0);
  }
}

/**
 * Headers as they are sent: with secrets of the account in place of their names.
 * @throws {AirlockError} `permission_denied` where one is not kept.
 */
export function fillHeaders(
  headers: ServerHeaders,
  secrets: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const filled = Object.entries(headers).map(([name, value]) => [
    name,
    value.replaceAll(REFERENCE, (_whole, secret: string) => {
      const kept = secrets !== undefined && Object.hasOwn(secrets, secret)
        ? secrets[secret]
        : undefined;
      if (kept === undefined) throw noSecret(secret);
      // A header that ends early would let the rest be another.
      if (!/^[\x20-\x7e]*$/.test(kept)) throw notSendable(secret);
      return kept;
    }),
  ]);
  return Object.fromEntries(filled);
}

function placeOf({ tenant, serverId }: HeadersPlace): string[] {
  return ["mcp server headers", tenant, serverId];
}

function noKey(): AirlockError {
  return new AirlockError("internal", "open headers: the account has no key for them", {
    stage: "request",
    suggestion: "Give the server its headers again.",
    retryable: false,
  });
}

function noSecret(name: string): AirlockError {
  return new AirlockError("permission_denied", `fill headers: the account has no secret ${name}`, {
    stage: "request",
    suggestion: `Keep it with PUT /api/secrets or airlock secrets set ${name}.`,
    details: { secret: name },
  });
}

function notSendable(name: string): AirlockError {
  return new AirlockError(
    "invalid_input",
    `fill headers: the secret ${name} is more than a line of ASCII`,
    {
      stage: "request",
      suggestion: "Store it again, on one line, of letters, digits and signs.",
      details: { secret: name },
    },
  );
}
