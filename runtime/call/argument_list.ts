import { isJsonObject, type JsonValue } from "../../spec/json.ts";
import type { ToolDefinition } from "../../spec/tool.ts";

/**
 * What a tool is called with: for a plain function that takes arguments of their own, an object that
 * names them becomes their list. Anything else is passed on as it came, and so is an object with
 * another name in it, or without one that is required: it was not meant so.
 */
export function argumentList(
  params: JsonValue,
  { positional, inputSchema }: Pick<ToolDefinition, "positional" | "inputSchema">,
): JsonValue {
  if (positional === undefined || !isJsonObject(params)) return params;
  const given = Object.keys(params);
  const required = Array.isArray(inputSchema?.required) ? inputSchema.required : [];
  const isMeant = given.length > 0 && given.every((name) => positional.includes(name)) &&
    required.every((name) => typeof name === "string" && Object.hasOwn(params, name));
  if (!isMeant) return params;
  const last = positional.findLastIndex((name) => Object.hasOwn(params, name));
  // JSON has no undefined: what is left out before the last is null.
  return positional.slice(0, last + 1).map((name) =>
    Object.hasOwn(params, name) ? params[name] ?? null : null
  );
}
