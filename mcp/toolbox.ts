import { AirlockError } from "../spec/errors.ts";
import type { McpAudience, McpSource, McpSourceTool, McpToolCall } from "../spec/mcp_source.ts";
import type { McpToolResult } from "../spec/mcp_content.ts";
import type { NameScope, ToolNames } from "./names/name_book.ts";
import type { NamedTool } from "./names/wanted_name.ts";

/** A tool with the name that clients call it by. */
export interface NamedSourceTool {
  readonly name: string;
  /** What it would be called if another tool were not; `null` where it is called so. */
  readonly wanted: string | null;
  readonly tool: McpSourceTool;
  readonly source: McpSource;
}

/** What a {@linkcode Toolbox} is made of. */
export interface ToolboxOptions {
  readonly sources: readonly McpSource[];
  readonly namesOf: (scope: NameScope, tools: readonly NamedTool[]) => Promise<ToolNames>;
}

/** One call of a named tool. */
export type NamedCall = Omit<McpToolCall, "audience" | "key">;

/** The tools of all sources under names of one kind. The reverse look-up is the map, never parsing. */
export class Toolbox {
  readonly #options: ToolboxOptions;

  constructor(options: ToolboxOptions) {
    this.#options = options;
  }

  /**
   * Tools that an audience may call, in order.
   * @throws {AirlockError} as the sources and the names do.
   */
  async list(audience: McpAudience): Promise<readonly NamedSourceTool[]> {
    const { all, names } = await this.#all(audience);
    return all.flatMap(({ tool, source }) => {
      const named = names.get(tool.key);
      return named === undefined ? [] : [{ ...named, tool, source }];
    });
  }

  /**
   * The tool of that name, among those that the audience may call.
   * @throws {AirlockError} `tool_not_found`, the same for what is not there and what is not seen.
   */
  async find(audience: McpAudience, name: string): Promise<NamedSourceTool> {
    const { all, names } = await this.#all(audience);
    const found = all.find(({ tool }) => names.get(tool.key)?.name === name);
    const named = found && names.get(found.tool.key);
    if (found !== undefined && named !== undefined) return { ...named, ...found };
    throw new AirlockError("tool_not_found", "find tool: there is none of that name", {
      stage: "request",
      suggestion: "Call one that tools/list or search_tools shows.",
    });
  }

  async #all(audience: McpAudience) {
    const { sources, namesOf } = this.#options;
    const lists = await Promise.all(sources.map(async (source) => {
      const tools = await source.listTools(audience);
      return tools.map((tool) => ({ tool, source }));
    }));
    const all = lists.flat();
    return { all, names: await namesOf(scopeOf(audience), all.map(({ tool }) => tool)) };
  }
}

/** Calls a tool that {@linkcode Toolbox.find} found. */
export function callNamed(
  { tool, source }: NamedSourceTool,
  call: NamedCall & Pick<McpToolCall, "audience">,
): Promise<McpToolResult> {
  return source.callTool({ ...call, key: tool.key });
}

function scopeOf({ caller, collectionId }: McpAudience): NameScope {
  return collectionId === null ? { tenant: caller.tenant } : { collectionId };
}
