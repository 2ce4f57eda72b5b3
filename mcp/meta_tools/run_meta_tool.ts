import { z } from "zod";
import { AirlockError } from "../../spec/errors.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { McpToolResult } from "../../spec/mcp_content.ts";
import { toolListing } from "../server/tool_listing.ts";
import { toolResult } from "../results/tool_result.ts";
import type { NamedSourceTool } from "../toolbox.ts";
import { findTools } from "./find_tools.ts";
import { MAX_FOUND, type MetaToolName } from "./meta_tools.ts";

/** Longest query and name. */
const MAX_TEXT_CHARACTERS = 500;

/** Longest description in a list of what was found. */
const MAX_SHORT_CHARACTERS = 300;

const text = z.string().max(MAX_TEXT_CHARACTERS);

const SCHEMAS = {
  search_tools: z.object({
    query: text,
    limit: z.int().min(1).max(MAX_FOUND).default(10),
  }),
  describe_tool: z.object({ name: text }),
  call_tool: z.object({ name: text, arguments: z.custom<JsonObject>(isObject).default({}) }),
};

/** What meta-tools work with: tools that the audience may call, and no others. */
export interface MetaToolHost {
  list(): Promise<readonly NamedSourceTool[]>;
  /** @throws {AirlockError} `tool_not_found`. */
  find(name: string): Promise<NamedSourceTool>;
  /** Calls a tool by its name, as if it had been called without a meta-tool. */
  call(name: string, args: JsonObject): Promise<McpToolResult>;
}

/**
 * Runs a meta-tool.
 * @throws {AirlockError} `invalid_input` for arguments that do not fit; else as the host does.
 */
export async function runMetaTool(
  meta: MetaToolName,
  args: JsonObject,
  { host }: { readonly host: MetaToolHost },
): Promise<McpToolResult> {
  if (meta === "call_tool") {
    const { name, arguments: inner } = parse(meta, SCHEMAS.call_tool, args);
    return await host.call(name, inner);
  }
  if (meta === "describe_tool") {
    const { name } = parse(meta, SCHEMAS.describe_tool, args);
    const { inputSchema, outputSchema, title, description } = toolListing(await host.find(name));
    const shown = { name, title, description, inputSchema, ...(outputSchema && { outputSchema }) };
    return toolResult(JSON.parse(JSON.stringify(shown)));
  }
  const wish = parse(meta, SCHEMAS.search_tools, args);
  const tools = await host.list();
  const found = findTools(tools, wish).map(({ name, tool }) => ({
    name,
    description: shortened(tool.description),
  }));
  return toolResult({ tools: found, total: tools.length });
}

function parse<T>(meta: MetaToolName, schema: z.ZodType<T>, args: JsonObject): T {
  const parsed = schema.safeParse(args);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AirlockError(
    "invalid_input",
    `call ${meta}: ${issue?.path.join(".") || "arguments"} is wrong`,
    {
      stage: "request",
      suggestion: `See the input schema of ${meta} in tools/list.`,
      details: { at: `/${issue?.path.map(String).join("/") ?? ""}` },
    },
  );
}

function shortened(text: string): string {
  return text.length <= MAX_SHORT_CHARACTERS ? text : `${text.slice(0, MAX_SHORT_CHARACTERS)}…`;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
