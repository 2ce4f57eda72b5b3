import type { McpDesk } from "./mcp/create_mcp_desk.ts";
import { textOfResult } from "./mcp/text_of_result.ts";
import { callNamed, type NamedSourceTool } from "../mcp/toolbox.ts";
import { CallRecord } from "../runtime/call_record.ts";
import type { Caller } from "../spec/account.ts";
import { AirlockError } from "../spec/errors.ts";
import type { ExecutionRequest, Executor } from "../spec/execution.ts";
import { isJsonObject } from "../spec/json.ts";
import type { McpAudience } from "../spec/mcp_source.ts";
import type { IsolationLevel } from "../spec/sandbox.ts";

/** A tool of another MCP server, or of a bridge, and who calls it through which collection. */
export interface ElsewhereTool {
  readonly found: NamedSourceTool;
  readonly audience: McpAudience;
}

/**
 * The tool of another server that a caller means: by id, by its name over MCP, or by what the owner of
 * the collection calls it. `undefined` where the caller may call none of that name, which is all that
 * whoever may not call over MCP is told.
 * @throws {AirlockError} `conflict` where several have that display name; `upstream_failed`,
 * `rate_limited`.
 */
export async function findElsewhereTool(
  caller: Caller,
  { collectionIds, tool }: { readonly collectionIds: readonly string[]; readonly tool: string },
  desk: McpDesk,
): Promise<ElsewhereTool | undefined> {
  for (const collectionId of collectionIds) {
    const list = await toolsOf(caller, { collectionId, desk });
    const exact = list.find(({ found }) => found.name === tool || found.tool.key === tool);
    if (exact !== undefined) return exact;
    const [named, ...more] = list.filter(({ found }) => found.tool.displayName === tool);
    if (more.length > 0) throw severalNamed([named!, ...more]);
    if (named !== undefined) return named;
  }
  return undefined;
}

/** Runs that tool, by the rules of its source, which decides again; whatever else is asked of it. */
export function elsewhereExecutor(
  { found, audience }: ElsewhereTool,
  { isolation }: { readonly isolation: IsolationLevel },
): Executor {
  return {
    async execute({ params }, { requestId, signal, onLog, onProgress }) {
      const record = new CallRecord({ requestId, isolation });
      record.stage = "execute";
      try {
        const { content, ...rest } = await callNamed(found, {
          ...{ audience, requestId, signal },
          args: isJsonObject(params) ? params : {},
          onLog: onLog ?? (() => {}),
          onProgress: onProgress ?? (() => {}),
        });
        const result = { ...rest, content: [...content] };
        if (result.isError !== true) return record.success(result);
        const said = textOfResult(result);
        return record.failure(new AirlockError("tool_error", said, { stage: "execute" }));
      } catch (error) {
        return record.failure(error);
      }
    },
  };
}

/**
 * The request for it.
 * @throws {AirlockError} `invalid_input` where more is asked for than another server can be held to.
 */
export function elsewhereRequest(
  { found: { tool } }: ElsewhereTool,
  request: ExecutionRequest,
): ExecutionRequest {
  const { params, env, packageName: _, name: __, cache: ___, ...more } = request;
  const [asked] = [...Object.keys(env).length > 0 ? ["env"] : [], ...Object.keys(more)];
  if (asked !== undefined) {
    throw new AirlockError("invalid_input", `call tool of another server: ${asked} has no effect`, {
      stage: "request",
      suggestion: `Leave ${asked} out: that is the server's business.`,
      details: { field: asked },
    });
  }
  return { packageName: tool.sourceName, name: tool.toolName, params, env };
}

async function toolsOf(
  caller: Caller,
  { collectionId, desk }: { readonly collectionId: string; readonly desk: McpDesk },
): Promise<readonly ElsewhereTool[]> {
  try {
    const { audience } = await desk.partOf(caller, collectionId);
    const all = await desk.tools.toolbox.list(audience);
    return all.filter(({ tool: { kind } }) => kind === "mcp" || kind === "bridge")
      .map((found) => ({ found, audience }));
  } catch (error) {
    const isUnseen = error instanceof AirlockError &&
      (error.code === "not_found" || error.code === "permission_denied");
    if (isUnseen) return [];
    throw error;
  }
}

function severalNamed(tools: readonly ElsewhereTool[]): AirlockError {
  return new AirlockError("conflict", "find tool: several have that name", {
    stage: "request",
    suggestion: "Name it as tools/list does.",
    details: { names: tools.slice(0, 10).map(({ found }) => found.name) },
  });
}
