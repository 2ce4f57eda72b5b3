import type { Tool } from "@modelcontextprotocol/server";
import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from "../../spec/json.ts";
import type { NamedSourceTool } from "../toolbox.ts";

/** Member of `_meta` that says where a tool is from. */
export const TOOL_META = "io.airlock/tool";

/** A tool as `tools/list` shows it. */
export function toolListing({ name, wanted, tool }: NamedSourceTool): Tool {
  const outputSchema = tool.outputSchema;
  return {
    name,
    title: tool.displayName ?? tool.toolName,
    description: descriptionOf(tool.description, tool.note),
    inputSchema: objectSchema(tool.inputSchema),
    ...(isOfObjects(outputSchema) && { outputSchema: { ...outputSchema, type: "object" } }),
    ...(tool.annotations && { annotations: tool.annotations }),
    _meta: {
      [TOOL_META]: {
        source: tool.kind,
        from: tool.sourceName,
        name: tool.toolName,
        ...(tool.version !== undefined && { version: tool.version }),
        // Another tool is called so.
        ...(wanted !== null && { insteadOf: wanted }),
        ...(tool.standing !== undefined && { standing: tool.standing }),
      },
    },
  };
}

/** Whether a schema says that every value is an object, which is all that clients can check. */
export function isOfObjects(schema: JsonSchema | null): schema is JsonSchema {
  return schema !== null && schema["type"] === "object";
}

/**
 * MCP passes objects only: a schema of something else says nothing that a client could follow. One
 * schema that a client cannot read costs it the whole list, so what is unusual is written plainly.
 */
function objectSchema(schema: JsonSchema | null): Tool["inputSchema"] {
  const { type, properties, required, ...rest } = schema ?? {};
  if (type !== undefined && type !== "object") return { type: "object" };
  const names = Array.isArray(required) ? required.filter((one) => typeof one === "string") : [];
  return {
    ...rest,
    type: "object",
    ...(isJsonObject(properties) && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, inner]) => [name, plainSchema(inner)]),
      ),
    }),
    ...(names.length > 0 && { required: names }),
  } as Tool["inputSchema"];
}

/** `true` and `false` are schemas too, but not to every client. */
function plainSchema(schema: JsonValue): JsonObject {
  if (isJsonObject(schema)) return schema;
  return schema === false ? { not: {} } : {};
}

function descriptionOf(description: string, note: string): string {
  return [description, note].filter((text) => text !== "").join("\n\n");
}
