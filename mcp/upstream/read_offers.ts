import { ProtocolError } from "@modelcontextprotocol/client";
import { z } from "zod";
import type { JsonObject, JsonValue } from "../../spec/json.ts";
import { listedPrompt, listedResource, listedTemplate } from "./listed_offer.ts";
import type { Listing } from "./read_listing.ts";
import type { UpstreamLimits } from "./upstream_limits.ts";

/** What a server offers beside its tools, as it was listed. */
export interface ListedOffers {
  readonly resources: readonly JsonObject[];
  readonly templates: readonly JsonObject[];
  readonly prompts: readonly JsonObject[];
}

/** JSON-RPC's code for a method that is not there. */
const METHOD_NOT_FOUND = -32601;

interface ListKind {
  readonly method: "resources/list" | "resources/templates/list" | "prompts/list";
  /** Where the list is in an answer. */
  readonly member: string;
  /** What tells one from another. */
  readonly key: string;
  readonly read: (said: JsonValue) => JsonObject | null;
}

const RESOURCES: ListKind = {
  ...{ method: "resources/list", member: "resources", key: "uri", read: listedResource },
};
const TEMPLATES: ListKind = {
  ...{ method: "resources/templates/list", member: "resourceTemplates" },
  ...{ key: "uriTemplate", read: listedTemplate },
};
const PROMPTS: ListKind = {
  ...{ method: "prompts/list", member: "prompts", key: "name", read: listedPrompt },
};

const pageSchema = z.looseObject({ nextCursor: z.string().optional() });

/** How lists are read. */
export interface ReadOffersOptions {
  readonly limits: UpstreamLimits;
  readonly signal: AbortSignal;
}

/**
 * Lists a server's resources, templates and prompts, of each as many as are kept: unlike tools, nobody
 * approves them one by one, and what is left out can still be read by whoever knows its URI.
 * @throws what the connection throws.
 */
export async function readOffers(
  client: Listing,
  offers: { readonly resources: boolean; readonly prompts: boolean },
  options: ReadOffersOptions,
): Promise<ListedOffers> {
  const read = (kind: ListKind, isOffered: boolean) =>
    isOffered ? readList(client, kind, options) : Promise.resolve([]);
  const [resources, templates, prompts] = await Promise.all([
    read(RESOURCES, offers.resources),
    read(TEMPLATES, offers.resources),
    read(PROMPTS, offers.prompts),
  ]);
  return { resources, templates, prompts };
}

async function readList(
  client: Listing,
  { method, member, key, read }: ListKind,
  { limits, signal }: ReadOffersOptions,
): Promise<readonly JsonObject[]> {
  const found = new Map<JsonValue, JsonObject>();
  let cursor: string | undefined;
  let bytes = 0;
  for (let page = 0; page < limits.pages; page++) {
    const answer = await ask(client, method, { cursor, limits, signal });
    const said: unknown = answer?.[member];
    for (const one of Array.isArray(said) ? said : []) {
      const offer = read(one);
      const name = offer?.[key];
      if (offer === null || name === undefined || found.has(name)) continue;
      bytes += JSON.stringify(offer).length;
      const isFull = found.size >= limits.offers || bytes > limits.offersBytes;
      if (isFull) return [...found.values()];
      found.set(name, offer);
    }
    cursor = answer?.nextCursor;
    if (cursor === undefined) break;
  }
  return [...found.values()];
}

/** One page; `undefined` where the server knows no such list, whatever it declares. */
async function ask(
  client: Listing,
  method: ListKind["method"],
  { cursor, limits, signal }: ReadOffersOptions & { readonly cursor: string | undefined },
): Promise<z.output<typeof pageSchema> | undefined> {
  const params = cursor === undefined ? {} : { cursor };
  try {
    // One entry that is none would cost the SDK the whole list.
    return await client.request({ method, params }, pageSchema, {
      ...{ signal, timeout: limits.listTimeoutMs },
    });
  } catch (error) {
    if (error instanceof ProtocolError && error.code === METHOD_NOT_FOUND) return undefined;
    throw error;
  }
}
