import type { Context } from "hono";
import { AirlockError } from "../spec/errors.ts";
import type { ExecutionRequest } from "../spec/execution.ts";
import { answerCall } from "./answer_call.ts";
import { elsewhereExecutor, elsewhereRequest, findElsewhereTool } from "./call_elsewhere_tool.ts";
import type { AgentOffered } from "./call_offered.ts";
import type { GatewayEnv } from "./gateway_env.ts";
import type { GatewayOptions } from "./gateway_options.ts";
import type { McpDesk } from "./mcp/create_mcp_desk.ts";

/** A call of a tool by what a collection or an agent calls it. */
export interface OfferedWish {
  readonly tool: string;
  /** Finds it among those that run in sandboxes. @throws {AirlockError} `tool_not_found`. */
  readonly find: () => Promise<AgentOffered>;
  /** Collections that may have it from elsewhere, in order. */
  readonly elsewhere: () => Promise<readonly string[]>;
  readonly requestOf: (ref: Pick<ExecutionRequest, "packageName" | "name">) => ExecutionRequest;
}

/** Answers such a call, in a sandbox or by another server: what runs here comes first. */
export async function answerOffered(
  context: Context<GatewayEnv>,
  { tool, find, elsewhere, requestOf }: OfferedWish,
  options: GatewayOptions & { readonly desk?: () => Promise<McpDesk> },
): Promise<Response> {
  const { desk, health } = options;
  let offered: AgentOffered;
  try {
    offered = await find();
  } catch (error) {
    const isAbsent = error instanceof AirlockError && error.code === "tool_not_found";
    const found = isAbsent && desk !== undefined
      ? await findElsewhereTool(
        context.get("caller"),
        { tool, collectionIds: await elsewhere() },
        await desk(),
      )
      : undefined;
    if (found === undefined) throw error;
    const { sourceName: packageName, toolName: name } = found.found.tool;
    const request = elsewhereRequest(found, requestOf({ packageName, name }));
    return await answerCall(context, request, {
      ...options,
      through: { collectionId: found.audience.collectionId ?? undefined },
      executor: elsewhereExecutor(found, await health()),
      isElsewhere: true,
    });
  }
  const { ref, ...way } = offered;
  return await answerCall(context, requestOf(ref), { ...options, ...way });
}
