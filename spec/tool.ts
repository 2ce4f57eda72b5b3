import type { JsonSchema } from "./json.ts";

/** Where a tool's code comes from. */
export type SourceKind = "npm" | "esm" | "inline" | "wasm" | "mcp" | "bridge" | "http";

/** Where a caller wants a package to be taken from. `auto` is npm, then esm where npm cannot give it. */
export type SourceWish = "npm" | "esm" | "wasm" | "inline" | "auto";

/** Names one tool. `version` is exact once resolved; before that also a range, a tag or absent. */
export interface ToolRef {
  readonly packageName: string;
  readonly version?: string;
  /** The export, or a dotted path to a tool inside an exported object, array or class. */
  readonly name: string;
}

/** What kind of export a tool was recognised from. */
export type ToolShape = "ai-tool" | "dynamic-tool" | "function" | "factory" | "method";

/**
 * Which strategy produced a tool's input schema, in the order in which they are tried; `none` where
 * nobody says anything.
 */
export const SCHEMA_STRATEGIES = [
  ...["ai-sdk", "zod4", "zod3", "standard-schema", "json-schema", "package"] as const,
  ...["typescript", "model", "none"] as const,
] as const;

/** One of {@linkcode SCHEMA_STRATEGIES}. */
export type SchemaStrategy = typeof SCHEMA_STRATEGIES[number];

/**
 * Whether a schema is only a guess at what a tool takes. It is shown, and never refuses a call: the
 * tool might have taken it.
 */
export function isAdvisory(strategy: SchemaStrategy): boolean {
  return strategy === "typescript" || strategy === "model";
}

/** One callable thing that a package offers, as the probe saw it. */
export interface ToolDefinition {
  /** What a caller sends as `name`. */
  readonly name: string;
  readonly description: string;
  readonly shape: ToolShape;
  /** `null` where the code says nothing; any JSON parameters are then passed on. */
  readonly inputSchema: JsonSchema | null;
  readonly outputSchema: JsonSchema | null;
  readonly schemaStrategy: SchemaStrategy;
  /**
   * Names of a plain function's arguments in order, where `inputSchema` has a property for each. An
   * object of these is then passed on as arguments of their own.
   */
  readonly positional?: readonly string[];
  readonly warnings: readonly string[];
}

/** An environment variable that a package says it reads. */
export interface EnvDeclaration {
  readonly name: string;
  readonly description?: string;
  readonly required: boolean;
  readonly default?: string;
}
