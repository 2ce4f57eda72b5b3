import type { ProbeReport } from "../../spec/sandbox.ts";
import type { ToolDefinition } from "../../spec/tool.ts";
import { exportScopes } from "./export_scopes.ts";
import type { FindContext } from "./find_context.ts";
import type { FoundTool } from "./found_tool.ts";
import { safeGet } from "./primordials.ts";
import { inputSchemaOf } from "./recognise_tool.ts";
import { extractSchema } from "./tool_schema.ts";
import { walkExports } from "./walk_exports.ts";

const MAX_DESCRIPTION = 4096;
const MAX_NAME = 200;
const MAX_WARNING = 500;
/** Stands for a declared variable without a value: factories that only check for one then work. */
const PLACEHOLDER = "placeholder";

/**
 * Describes every tool of a loaded module. Calls likely factories (see `factory_rule.ts`) and
 * constructs providers, configured with placeholders for declared variables that have no value.
 *
 * Runs the package's code and reports what it says about itself: for the probe only, and to be
 * treated as untrusted by whoever reads it.
 */
export async function listTools(namespace: object, context: FindContext): Promise<ProbeReport> {
  const walk = await walkExports(namespace, { ...withPlaceholders(context), factories: "likely" });
  const tools: ToolDefinition[] = [];
  for (const tool of walk.tools) {
    const remarks = walk.remarks.filter(({ name }) => name === tool.name).map(({ text }) => text);
    if (tool.name.length <= MAX_NAME) tools.push(await describe(tool, remarks));
  }
  const listed = new Set(tools.map(({ name }) => name));
  const warnings = walk.remarks.filter(({ name }) => !listed.has(name))
    .map(({ name, text }) => clip(`${name}: ${text}`, MAX_WARNING));
  return {
    tools,
    otherExports: walk.others,
    warnings: [...warnings, ...walk.others.flatMap((name) => explainOther(namespace, name))],
  };
}

async function describe(tool: FoundTool, remarks: readonly string[]): Promise<ToolDefinition> {
  const { name, shape, value } = tool;
  const spec = safeGet(value, "spec");
  let input = await extractSchema(inputSchemaOf(value), "input");
  if (input.schema === null && safeGet(spec, "parameters") !== undefined) {
    const declared = await extractSchema(safeGet(spec, "parameters"), "input");
    if (declared.schema !== null) input = declared;
  }
  const output = await extractSchema(safeGet(value, "outputSchema"), "output");
  const description = safeGet(value, "description") ?? safeGet(spec, "description");
  return {
    name,
    description: typeof description === "string" ? clip(description, MAX_DESCRIPTION) : "",
    shape,
    inputSchema: input.schema,
    outputSchema: output.schema,
    schemaStrategy: input.strategy,
    warnings: [...remarks, ...input.warnings].map((warning) => clip(warning, MAX_WARNING)),
  };
}

/** Tools that run at the provider or in the client have no code to call. */
function explainOther(namespace: object, name: string): string[] {
  for (const scope of exportScopes(namespace)) {
    const value = safeGet(scope, name);
    if (typeof value !== "object" || value === null) continue;
    const type = safeGet(value, "type");
    const isRemote = type === "provider" || type === "provider-defined";
    const looksLikeTool = inputSchemaOf(value) !== undefined &&
      typeof safeGet(value, "description") === "string";
    if (isRemote || looksLikeTool) {
      return [clip(`${name}: a tool without execute cannot be called`, MAX_WARNING)];
    }
  }
  return [];
}

function withPlaceholders({ env, declaredEnv }: FindContext): FindContext {
  const filled: Record<string, string> = {};
  for (const name of declaredEnv) filled[name] = PLACEHOLDER;
  return { env: { ...filled, ...env }, declaredEnv };
}

function clip(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}
