import type { Notification } from "@modelcontextprotocol/server";
import type { McpChange, McpChanges } from "../../spec/mcp_changes.ts";
import type { McpAudience } from "../../spec/mcp_source.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { ResourceWatcher } from "../server/serve_library.ts";

/** Most resources that one client watches. */
export const MAX_WATCHED = 64;

/** What one client follows, over a stream that lives longer than a request. */
export interface FollowedChanges extends ResourceWatcher, Disposable {}

/** Tells one client what has changed of what it is served, until disposed. */
export function followChanges(
  changes: McpChanges,
  { audience, notify }: {
    readonly audience: McpAudience;
    readonly notify: (notification: Notification) => void;
  },
): FollowedChanges {
  const watched = new Map<string, Promise<Disposable>>();
  const tell = (change: McpChange) => {
    if (change.kind !== "resource" || watched.has(change.uri)) notify(notificationOf(change));
  };
  const following = changes.follow(audience, tell);
  const end = (watching: Promise<Disposable>) =>
    // One that never began has nothing to end.
    void watching.then((one) => one[Symbol.dispose](), () => {});
  return {
    async watch(uri) {
      if (!watched.has(uri) && watched.size >= MAX_WATCHED) throw tooMany();
      const watching = watched.get(uri) ?? changes.watch(audience, uri);
      watched.set(uri, watching);
      try {
        await watching;
      } catch (error) {
        watched.delete(uri);
        throw error;
      }
    },
    unwatch(uri) {
      const watching = watched.get(uri);
      watched.delete(uri);
      if (watching !== undefined) end(watching);
    },
    [Symbol.dispose]() {
      following[Symbol.dispose]();
      for (const watching of watched.values()) end(watching);
      watched.clear();
    },
  };
}

/** A change as the protocol says it. */
export function notificationOf(change: McpChange): Notification {
  if (change.kind === "resource") {
    return { method: "notifications/resources/updated", params: { uri: change.uri } };
  }
  return { method: `notifications/${change.kind}/list_changed` };
}

function tooMany(): AirlockError {
  return new AirlockError("resource_limit", `watch resource: ${MAX_WATCHED} are watched already`, {
    stage: "request",
    suggestion: "Unsubscribe from others first.",
    details: { limit: "mcp.watched", value: MAX_WATCHED },
  });
}
