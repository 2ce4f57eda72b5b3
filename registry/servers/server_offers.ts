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
