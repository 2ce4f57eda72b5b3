import type { JsonObject, JsonSchema } from "../../../spec/json.ts";

/** Declarations of a package, and the tools whose signatures are wanted. */
export interface TypeRequest {
  /** Path relative to the package, beginning with `/` → text. */
  readonly files: Readonly<Record<string, string>>;
  /** One of `files`. */
  readonly entry: string;
  /** As the probe names tools: `default`, an export, or a dotted path below one. */
  readonly tools: readonly string[];
}

/** What the declarations say of a function. */
export interface ToolSignature {
  /** Its own comment. */
  readonly description: string;
  /** `null` where its parameters cannot be told by a JSON object. */
  readonly inputSchema: JsonSchema | null;
  /**
   * Parameters in order, where `inputSchema` has a property for each: the function takes them as
   * arguments of their own, and none of them first that could be mistaken for such an object.
   */
  readonly positional?: readonly string[];
  readonly warnings: readonly string[];
  /** Where it is somebody's guess; declarations where absent. */
  readonly strategy?: "model";
}

/** Signatures by name of tool; absent where the declarations have no such function. */
export type TypeReport = Readonly<Record<string, ToolSignature>>;

/** Reads declarations, outside of the gateway's process. */
export type ReadTypes = (
  request: TypeRequest,
  options: { readonly signal: AbortSignal },
) => Promise<TypeReport>;

/** Checks what came out of the sandbox in which declarations were read. */
export function parseTypeReport(value: unknown): TypeReport {
  const report: Record<string, ToolSignature> = Object.create(null);
  if (!isObject(value)) return report;
  for (const [name, signature] of Object.entries(value)) {
    const parsed = parseSignature(signature);
    if (parsed !== null) report[name] = parsed;
  }
  return report;
}

const MAX_TEXT = 4_000;
const MAX_WARNINGS = 20;

function parseSignature(value: unknown): ToolSignature | null {
  if (!isObject(value) || typeof value.description !== "string") return null;
  const { inputSchema, positional, warnings } = value;
  const names = isTexts(positional) ? positional : undefined;
  return {
    description: value.description.slice(0, MAX_TEXT),
    inputSchema: isObject(inputSchema) ? inputSchema : null,
    ...(names !== undefined && isObject(inputSchema) && { positional: names }),
    warnings: isTexts(warnings)
      ? warnings.slice(0, MAX_WARNINGS).map((text) => text.slice(0, 500))
      : [],
  };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
