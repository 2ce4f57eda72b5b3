import type { ServerRow } from "../../accounts/servers/server_record.ts";
import { signInRequired } from "../../mcp/upstream/sign_in/sign_in_errors.ts";
import { statusOf } from "../../mcp/upstream/upstream_errors.ts";

/** What a failure means where a server wants to know who comes, and is sent nothing that says so. */
export function askedToSignIn(error: unknown, server: ServerRow): unknown {
  const { id: serverId, collection_id: collectionId, name, url, header_names: names } = server;
  const says = names.some((header) => header.toLowerCase() === "authorization");
  if (statusOf(error) !== 401 || url === null || says) return error;
  return signInRequired({ collectionId, serverId, name });
}
