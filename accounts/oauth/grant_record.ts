import { z } from "zod";

/** A row of `oauth_grant`. */
export const grantRow = z.object({
  id: z.string(),
  owner_id: z.string(),
  user_id: z.string().nullable(),
  client_id: z.string(),
  client_name: z.string(),
  redirect_host: z.string(),
  endpoint: z.string(),
  collection_id: z.string().nullable(),
  created_at: z.date(),
  last_used_at: z.date().nullable(),
  revoked_at: z.date().nullable(),
});

/** A grant in the database. */
export type GrantRow = z.output<typeof grantRow>;

/** A grant as lists show it. */
export interface GrantView {
  readonly id: string;
  readonly clientId: string;
  /** As the client calls itself. */
  readonly clientName: string;
  /** Where whoever allowed it was sent: a host, or the scheme of a program. */
  readonly redirectHost: string;
  readonly endpoint: string;
  /** `null`: all collections of the account. */
  readonly collectionId: string | null;
  readonly userId: string | null;
  readonly state: "active" | "revoked";
  readonly createdAt: string;
  /** When the client last came for tokens: every quarter of an hour while it is used. */
  readonly lastUsedAt: string | null;
}

/** What may be told of a grant. */
export function viewGrant(row: GrantRow): GrantView {
  return {
    id: row.id,
    clientId: row.client_id,
    clientName: row.client_name,
    redirectHost: row.redirect_host,
    endpoint: row.endpoint,
    collectionId: row.collection_id,
    userId: row.user_id,
    state: row.revoked_at === null ? "active" : "revoked",
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
  };
}
