import { isJsonObject, type JsonObject } from "../../spec/json.ts";
import type { McpToolResult } from "../../spec/mcp_content.ts";
import { metaToolOf } from "../meta_tools/meta_tools.ts";
import { usesMetaTools } from "../meta_tools/meta_tools_mode.ts";
import { runMetaTool } from "../meta_tools/run_meta_tool.ts";
import { callNamed, type NamedCall, type NamedSourceTool, type Toolbox } from "../toolbox.ts";
import type { McpPart } from "./mcp_part.ts";
import { isOfObjects } from "./tool_listing.ts";

/** A call by name, of a tool or of a meta-tool. */
export interface NamedRequest extends NamedCall {
  readonly name: string;
}

/** What came of a call, and what its tool says of results. */
export interface AnsweredCall {
  readonly result: McpToolResult;
  readonly outputSchema: JsonObject | null;
}

/**
 * The one way by which a name is called, whether over MCP, over its twin or through a meta-tool.
 * @throws {AirlockError} for every refusal.
 */
export async function answerCall(
  { audience, metaTools }: Pick<McpPart, "audience" | "metaTools">,
  request: NamedRequest,
  { toolbox }: { readonly toolbox: Toolbox },
): Promise<AnsweredCall> {
  const meta = metaToolOf(request.name);
  const direct = async ({ name, ...call }: NamedRequest) => {
    const found = await toolbox.find(audience, name);
    return fitting(found, await callNamed(found, { ...call, audience }));
  };
  if (meta === undefined) return await direct(request);
  const tools = await toolbox.list(audience);
  if (!usesMetaTools(metaTools, tools.length)) return await direct(request);
  const result = await runMetaTool(meta, request.args, {
    host: {
      list: () => Promise.resolve(tools),
      find: (name) => toolbox.find(audience, name),
      call: async (name, args) => (await direct({ ...request, name, args })).result,
    },
  });
  return { result, outputSchema: null };
}

/** Clients refuse a whole answer that is not what the tool said it would be: better to say so. */
function fitting({ tool }: NamedSourceTool, result: McpToolResult): AnsweredCall {
  const outputSchema = isOfObjects(tool.outputSchema) ? tool.outputSchema : null;
  const { structuredContent, isError, content } = result;
  if (outputSchema === null || isError === true || isJsonObject(structuredContent)) {
    return { result, outputSchema };
  }
  const text = "The tool answered something else than an object, which is what it says it gives:";
  return { result: { content: [{ type: "text", text }, ...content], isError: true }, outputSchema };
}
