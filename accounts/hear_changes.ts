import { z } from "zod";
import type { Database } from "../registry/database/database.ts";
import type { SecretPlace } from "./secrets/secret_record.ts";

/** What a node forgets when another has changed it. */
export interface ChangeHandlers {
  readonly onKey: (id: string) => void;
  readonly onSecrets: (place: SecretPlace) => void;
  readonly onTiers: () => void;
  /** Somebody has taken over the installation. */
  readonly onPeople: () => void;
  readonly onPin: (pin: { readonly collectionId: string; readonly toolId: string }) => void;
  /** What a collection offers of other servers and of bridges. */
  readonly onLists: (collectionId: string) => void;
}

/** Where the triggers of migrations 0011, 0022 and 0024 tell of changes. */
const CHANNEL = "airlock_changes";

/** What they say. Newer nodes may say more: that is left alone. */
const change = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("key"), id: z.string() }),
  z.object({
    kind: z.literal("secrets"),
    owner_id: z.string(),
    collection_id: z.string().nullable(),
  }),
  z.object({ kind: z.literal("pin"), collection_id: z.string(), tool_id: z.string() }),
  z.object({ kind: z.literal("lists"), collection_id: z.string() }),
  z.object({ kind: z.literal("tiers") }),
  z.object({ kind: z.literal("people") }),
]);

/**
 * Forgets what other nodes have changed, as soon as they have, until disposed. It only hurries: what is
 * kept in memory is read again in time without it.
 */
export function hearChanges(
  database: Pick<Database, "hear">,
  handlers: ChangeHandlers,
): AsyncDisposable {
  return database.hear(CHANNEL, (payload) => {
    const heard = parsed(payload);
    switch (heard?.kind) {
      case "key":
        return handlers.onKey(heard.id);
      case "secrets":
        return handlers.onSecrets({ tenant: heard.owner_id, collectionId: heard.collection_id });
      case "pin":
        return handlers.onPin({ collectionId: heard.collection_id, toolId: heard.tool_id });
      case "lists":
        return handlers.onLists(heard.collection_id);
      case "tiers":
        return handlers.onTiers();
      case "people":
        return handlers.onPeople();
    }
  });
}

/** `undefined` for whatever else somebody says on the channel. */
function parsed(payload: string): z.output<typeof change> | undefined {
  try {
    return change.safeParse(JSON.parse(payload)).data;
  } catch {
    // Not JSON, so not one of ours.
    return undefined;
  }
}
