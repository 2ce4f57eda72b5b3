import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from "../../spec/json.ts";
import type { PluginFormat, PluginToolDeclaration } from "../../spec/plugin.ts";
import type { ProbeReport } from "../../spec/sandbox.ts";
import type { ToolDefinition } from "../../spec/tool.ts";
import { MAX_SCHEMA_BYTES, sanitiseSchema } from "../guest/sanitise_schema.ts";
import { EXTISM_MODULE, type Plugin } from "./guest_plugin.ts";
import { COMMAND_EXPORT } from "./guest_run_export.ts";

/** Exports of languages' runtimes: callable by their type, but no tools. */
const RUNTIME_EXPORTS: ReadonlySet<string> = new Set([
  ...["_initialize", COMMAND_EXPORT, "hs_init", "hs_exit"],
]);

/** The pair of exports by which a plug-in lists and runs tools of its own: as mcp.run's servlets. */
export const DESCRIBE_EXPORT = "describe";
export const CALL_EXPORT = "call";

const MAX_TOOLS = 500;
const MAX_TEXT_CHARACTERS = 4_000;
const MAX_NAME_CHARACTERS = 256;

/** How a tool's name leads to an export. */
export interface ToolRoute {
  readonly exportName: string;
  readonly input: PluginFormat;
  readonly output: PluginFormat;
  /** Whether the export is {@linkcode CALL_EXPORT}, which is told the tool's name in its input. */
  readonly isDispatched: boolean;
}

/**
 * Names of the exports that can be called as tools. A program that begins with `_start` and knows
 * nothing of Extism is one tool, whatever else it exports.
 */
export function callableExports(plugin: Plugin): string[] {
  const callable = plugin.main.functions.filter(({ isCallable }) => isCallable)
    .map(({ name }) => name);
  const tools = callable.filter((name) =>
    !RUNTIME_EXPORTS.has(name) && !/^(__|asyncify_)/.test(name)
  );
  const knowsExtism = plugin.modules.some(({ imports }) =>
    imports.some(({ module }) => module === EXTISM_MODULE)
  );
  const isCommand = callable.includes(COMMAND_EXPORT) && (tools.length === 0 || !knowsExtism);
  return isCommand ? [COMMAND_EXPORT] : tools;
}

/** Whether a plug-in lists its tools itself. */
export function describesItself(plugin: Plugin): boolean {
  const names = callableExports(plugin);
  return names.includes(DESCRIBE_EXPORT) && names.includes(CALL_EXPORT);
}

/** The export that runs a tool; `null` where there is none. */
export function routeOf(plugin: Plugin, toolName: string): ToolRoute | null {
  const { tools } = plugin.plan;
  const declared = Object.hasOwn(tools, toolName) ? tools[toolName] : undefined;
  if (callableExports(plugin).includes(toolName)) {
    const input = declared?.input ?? "auto";
    const output = declared?.output ?? "auto";
    return { exportName: toolName, input, output, isDispatched: false };
  }
  if (!describesItself(plugin)) return null;
  return { exportName: CALL_EXPORT, input: "json", output: "auto", isDispatched: true };
}

/**
 * The tools of a plug-in. `described` is what its own `describe` said, where it has one; else each
 * export is a tool, with what its declaration says.
 */
export function listPluginTools(plugin: Plugin, described: JsonValue | undefined): ProbeReport {
  const names = callableExports(plugin);
  const warnings: string[] = [];
  const listed = described === undefined ? undefined : describedTools(described);
  if (described !== undefined && listed === undefined) {
    warnings.push("What its describe export says was not understood");
  }
  const tools = listed ??
    names.filter((name) => !isOwnDescription(plugin, name)).map((name) =>
      declaredTool(name, plugin.plan.tools[name] ?? {})
    );
  const missing = Object.keys(plugin.plan.tools)
    .filter((name) => !tools.some((tool) => tool.name === name));
  warnings.push(...missing.map((name) => `${name} is declared, but not exported as a tool`));
  const shown = new Set(tools.map(({ name }) => name));
  const otherExports = WebAssembly.Module.exports(plugin.main.module)
    .map(({ name }) => name).filter((name) => !shown.has(name)).slice(0, MAX_TOOLS);
  return { tools: tools.slice(0, MAX_TOOLS), otherExports, warnings };
}

function isOwnDescription(plugin: Plugin, name: string): boolean {
  return describesItself(plugin) && (name === DESCRIBE_EXPORT || name === CALL_EXPORT);
}

function describedTools(described: JsonValue): ToolDefinition[] | undefined {
  const list = isJsonObject(described) ? described.tools ?? [described] : described;
  if (!Array.isArray(list)) return undefined;
  const tools = list.filter(isJsonObject).flatMap((item): ToolDefinition[] => {
    if (typeof item.name !== "string" || item.name === "") return [];
    return [toolOf(item.name, {
      description: typeof item.description === "string" ? item.description : "",
      inputSchema: schemaIn(item, "inputSchema") ?? schemaIn(item, "input_schema"),
      outputSchema: schemaIn(item, "outputSchema") ?? schemaIn(item, "output_schema"),
    }, "json-schema")];
  });
  return tools.length === 0 ? undefined : tools;
}

function schemaIn(item: JsonObject, name: string): JsonSchema | undefined {
  const schema = item[name];
  return schema !== undefined && isJsonObject(schema) ? schema : undefined;
}

function declaredTool(name: string, declared: PluginToolDeclaration): ToolDefinition {
  const isString = declared.input === "text" || declared.input === "base64";
  const inputSchema = declared.inputSchema ?? (isString ? STRING_INPUT : undefined);
  return toolOf(name, { ...declared, inputSchema }, "package");
}

/** What formats that are one string take from callers that can only send objects. */
const STRING_INPUT: JsonSchema = {
  type: "object",
  properties: { input: { type: "string" } },
  required: ["input"],
};

function toolOf(
  name: string,
  said: Pick<PluginToolDeclaration, "description" | "inputSchema" | "outputSchema">,
  strategy: "json-schema" | "package",
): ToolDefinition {
  const input = said.inputSchema === undefined
    ? { schema: null, warnings: [] }
    : sanitiseSchema(said.inputSchema);
  return {
    name: name.slice(0, MAX_NAME_CHARACTERS),
    description: (said.description ?? "").slice(0, MAX_TEXT_CHARACTERS),
    shape: "function",
    inputSchema: input.schema,
    outputSchema: isSmall(said.outputSchema) ? said.outputSchema : null,
    schemaStrategy: input.schema === null ? "none" : strategy,
    warnings: input.warnings,
  };
}

/** Whether a schema can be shown: nesting beyond what JSON can be written from counts as too large. */
function isSmall(schema: JsonSchema | undefined): schema is JsonSchema {
  if (schema === undefined) return false;
  try {
    return JSON.stringify(schema).length <= MAX_SCHEMA_BYTES;
  } catch {
    return false; // Nested too deep.
  }
}
