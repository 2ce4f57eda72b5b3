import { isJsonObject } from "../../spec/json.ts";

/**
 * Whether a result is text, with data or without, and nothing that would need a closer look: what the
 * SDK would let through as it is, in either era.
 */
export function isPlainResult(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  const { content, structuredContent = {}, isError = false, ...more } = value;
  return typeof isError === "boolean" && Object.keys(more).length === 0 &&
    isJsonObject(structuredContent) && !Object.hasOwn(structuredContent, "__proto__") &&
    Array.isArray(content) && content.every(isTextPart);
}

function isTextPart(part: unknown): boolean {
  if (!isJsonObject(part)) return false;
  const { type, text, ...more } = part;
  return type === "text" && typeof text === "string" && Object.keys(more).length === 0;
}
