import { isJsonObject, type JsonObject, type JsonValue } from "../../spec/json.ts";
import type { McpContent } from "../../spec/mcp_content.ts";
import { sharedUri } from "./shared_uri.ts";

/** What clients can fetch by themselves, from where it is. */
const OF_THE_WEB = /^https?:/i;

/** Content of a server with URIs that can be read through us. */
export function sharedContent(
  serverId: string,
  content: readonly McpContent[],
): readonly McpContent[] {
  return content.map((part) => sharedPart(serverId, part));
}

/** The contents of a resource that was read, under the URIs that clients know. */
export function sharedResources(serverId: string, contents: JsonValue): JsonValue {
  if (!Array.isArray(contents)) return [];
  return contents.map((one: JsonValue) => isJsonObject(one) ? withUri(serverId, one) : one);
}

/** Messages of a prompt with URIs that can be read through us. */
export function sharedMessages(serverId: string, messages: JsonValue): JsonValue {
  if (!Array.isArray(messages)) return [];
  return messages.map((message: JsonValue) => {
    if (!isJsonObject(message) || !isJsonObject(message["content"])) return message;
    return { ...message, content: sharedPart(serverId, message["content"]) };
  });
}

function sharedPart<T extends McpContent | JsonObject>(serverId: string, part: T): T {
  const { type, uri, resource } = part as JsonObject;
  if (type === "resource_link" && typeof uri === "string" && !OF_THE_WEB.test(uri)) {
    return { ...part, uri: sharedUri({ serverId, uri }) };
  }
  if (type !== "resource" || !isJsonObject(resource)) return part;
  const of = resource["uri"];
  if (typeof of !== "string" || OF_THE_WEB.test(of)) return part;
  return { ...part, resource: withUri(serverId, resource) };
}

function withUri(serverId: string, said: JsonObject): JsonObject {
  const { uri } = said;
  return typeof uri === "string" ? { ...said, uri: sharedUri({ serverId, uri }) } : said;
}
