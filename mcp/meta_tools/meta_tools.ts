import type { Tool } from "@modelcontextprotocol/server";

/** Most tools that one search finds. */
export const MAX_FOUND = 20;

const name = { type: "string", description: "Name of the tool, as search_tools gives it" };

/** Names of the meta-tools. Names of other tools have `--` in them, so these are nobody else's. */
export type MetaToolName = "search_tools" | "describe_tool" | "call_tool";

/** What is listed instead of many tools. */
export const META_TOOLS: readonly (Tool & { readonly name: MetaToolName })[] = [{
  name: "search_tools",
  title: "Search tools",
  description: "Looks for tools by words. Gives their names and what they do; describe_tool " +
    "says what one takes, call_tool runs it.",
  inputSchema: {
    type: "object",
    properties: {
      query: { type: "string", description: "Words for what is to be done; empty for any tools" },
      limit: { type: "integer", minimum: 1, maximum: MAX_FOUND, description: "Most to be found" },
    },
    required: ["query"],
  },
  annotations: { readOnlyHint: true, openWorldHint: false },
}, {
  name: "describe_tool",
  title: "Describe a tool",
  description: "Says all of one tool: what it does, and the JSON Schema of what it takes.",
  inputSchema: { type: "object", properties: { name }, required: ["name"] },
  annotations: { readOnlyHint: true, openWorldHint: false },
}, {
  name: "call_tool",
  title: "Call a tool",
  description: "Runs a tool with arguments that fit what describe_tool says it takes.",
  inputSchema: {
    type: "object",
    properties: {
      name,
      arguments: { type: "object", description: "What the tool is called with" },
    },
    required: ["name"],
  },
}];

/** Which meta-tool a name is of; `undefined` where it is another tool's. */
export function metaToolOf(name: string): MetaToolName | undefined {
  return META_TOOLS.find((tool) => tool.name === name)?.name;
}
