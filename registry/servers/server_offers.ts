import { z } from "zod";
import { isJsonObject, type JsonObject } from "../../spec/json.ts";
import type { AnySql } from "../database/database.ts";

const list = z.array(z.custom<JsonObject>(isJsonObject));

const offersSchema = z.object({ resources: list, templates: list, prompts: list });

/** What a server offers beside tools, as it listed it last and as it calls it. */
export type ServerOffers = Readonly<z.output<typeof offersSchema>>;

/**
 * Keeps what a server offers in place of what it offered before.
 * @returns Whether that is otherwise; of a server that was removed meanwhile nothing is kept.
 */
export async function recordOffers(
  sql: AnySql,
  { serverId, offers }: {
    readonly serverId: string;
    readonly offers: {
      readonly [Kind in keyof ServerOffers]: readonly JsonObject[];
    };
  },
): Promise<boolean> {
  const rows = await sql`
    insert into mcp_server_offer as kept (server_id, offers)
    select id, ${JSON.stringify(offers)}::text::jsonb from mcp_server where id = ${serverId}
    on conflict (server_id) do update set offers = excluded.offers, listed_at = now()
      where kept.offers <> excluded.offers
    returning server_id`;
  return rows.length > 0;
}

/** What the servers of a collection offer, by id of server. */
export async function readOffersOf(
  sql: AnySql,
  collectionId: string,
): Promise<ReadonlyMap<string, ServerOffers>> {
  const rows = await sql<{ server_id: string; offers: unknown }[]>`
    select server_id, offers from mcp_server_offer join mcp_server on id = server_id
    where collection_id = ${collectionId} and enabled`;
  return new Map(rows.map(({ server_id: id, offers }) => [id, offersSchema.parse(offers)]));
}

/** What one server offers; nothing where it has not been listed. */
export async function readOffers(sql: AnySql, serverId: string): Promise<ServerOffers> {
  const [row] = await sql`select offers from mcp_server_offer where server_id = ${serverId}`;
  return row === undefined
    ? { resources: [], templates: [], prompts: [] }
    : offersSchema.parse(row["offers"]);
}

/** Most of each kind that are shown to whoever looks after a server. */
export const MAX_SHOWN_OFFERS = 100;

/** How many of a kind there are, and what the first of them are called. */
export interface OfferedKind {
  readonly total: number;
  /** URIs, templates of URIs, or names. */
  readonly first: readonly string[];
}

/** What a server offers beside tools, in short. */
export type OffersView = { readonly [Kind in keyof ServerOffers]: OfferedKind };

/** What is shown of what a server offers. */
export function viewOffers({ resources, templates, prompts }: ServerOffers): OffersView {
  return {
    resources: shown(resources, "uri"),
    templates: shown(templates, "uriTemplate"),
    prompts: shown(prompts, "name"),
  };
}

function shown(list: readonly JsonObject[], member: string): OfferedKind {
  const first = list.slice(0, MAX_SHOWN_OFFERS).map(({ [member]: value }) => String(value ?? ""));
  return { total: list.length, first };
}
