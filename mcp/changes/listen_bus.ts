import type { ServerEvent, ServerEventBus } from "@modelcontextprotocol/server";
import { isJsonObject } from "../../spec/json.ts";
import type { McpChange, McpChanges } from "../../spec/mcp_changes.ts";
import type { McpAudience } from "../../spec/mcp_source.ts";
import { followChanges, MAX_WATCHED } from "./follow_changes.ts";

/**
 * Where one `subscriptions/listen` hears of changes: of what its own audience is served, and of nothing
 * else. `body` is the request.
 */
export function listenBus(
  changes: McpChanges,
  { audience, body }: { readonly audience: McpAudience; readonly body: unknown },
): ServerEventBus {
  return {
    publish() {},
    subscribe(listener) {
      const followed = followChanges(changes, { audience, notify: () => {} });
      const following = changes.follow(audience, (change) => listener(eventOf(change)));
      for (const uri of wantedUris(body)) {
        // What is not there, or not seen, has no changes.
        followed.watch(uri).catch(() => {});
      }
      return () => {
        following[Symbol.dispose]();
        followed[Symbol.dispose]();
      };
    },
  };
}

/** The protocol filters events by what was asked for. */
function eventOf(change: McpChange): ServerEvent {
  return change.kind === "resource"
    ? { kind: "resource_updated", uri: change.uri }
    : { kind: `${change.kind}_list_changed` };
}

/** Resources that a `subscriptions/listen` asks about, as many as one client may. */
export function wantedUris(body: unknown): readonly string[] {
  const params = isJsonObject(body) ? body["params"] : undefined;
  const filter = isJsonObject(params) ? params["notifications"] : undefined;
  const uris = isJsonObject(filter) ? filter["resourceSubscriptions"] : undefined;
  if (!Array.isArray(uris)) return [];
  return uris.filter((uri) => typeof uri === "string").slice(0, MAX_WATCHED);
}
