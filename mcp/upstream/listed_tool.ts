import { createHash } from "node:crypto";
import { canonicalJson } from "../../spec/canonical_json.ts";
import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from "../../spec/json.ts";
import type { McpAnnotations } from "../../spec/mcp_source.ts";
import { isStoredName, storedText } from "./stored_text.ts";

/** A tool as another server lists it, in what a model is shown of it. */
export interface ListedTool {
  readonly name: string;
  readonly title: string | null;
  readonly description: string;
  readonly inputSchema: JsonSchema | null;
  readonly outputSchema: JsonSchema | null;
  readonly annotations: McpAnnotations | null;
}

/** A {@linkcode ListedTool} as it is kept. */
export type ToolText = JsonObject;

/** What of a tool is kept and pinned; everything else that a server says of it is dropped. */
export function toolText(tool: ListedTool): ToolText {
  return { ...tool, annotations: tool.annotations === null ? null : { ...tool.annotations } };
}

/** Names all that a model is shown of a tool: lower-case hex SHA-256. */
export function toolDigest(tool: ListedTool): string {
  return createHash("sha256").update(canonicalJson(toolText(tool))).digest("hex");
}

const HINTS = ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"] as const;

/** Reads what a server says of a tool; `null` where it has no name that could be called. */
export function listedTool(said: unknown): ListedTool | null {
  if (!isJsonObject(said)) return null;
  const { name } = said;
  if (!isStoredName(name)) return null;
  const annotations = isJsonObject(said["annotations"]) ? said["annotations"] : {};
  const hints = HINTS.flatMap((hint) =>
    typeof annotations[hint] === "boolean" ? [[hint, annotations[hint]] as const] : []
  );
  return {
    name,
    title: storedText(said["title"]) ?? storedText(annotations["title"]),
    description: storedText(said["description"]) ?? "",
    inputSchema: schemaOf(said["inputSchema"]),
    outputSchema: schemaOf(said["outputSchema"]),
    annotations: hints.length === 0 ? null : Object.fromEntries(hints),
  };
}

function schemaOf(value: JsonValue | undefined): JsonSchema | null {
  return isJsonObject(value) ? storable(value) as JsonObject : null;
}

function storable(value: JsonValue): JsonValue {
  if (typeof value === "string") return storedText(value);
  if (Array.isArray(value)) return value.map(storable);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [storedText(name) ?? "", storable(inner)]),
  );
}
