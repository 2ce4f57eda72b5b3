import { notFound } from "../../accounts/require_permission.ts";
import { failureResult } from "../../mcp/results/failure_result.ts";
import { toolResult } from "../../mcp/results/tool_result.ts";
import type { CallGrant } from "../../spec/call_grant.ts";
import type { CallOrigin } from "../../spec/call_origin.ts";
import type { Caller } from "../../spec/account.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { Executor } from "../../spec/execution.ts";
import type { McpToolResult } from "../../spec/mcp_content.ts";
import type { McpAudience, McpSource, McpSourceTool, McpToolCall } from "../../spec/mcp_source.ts";
import type { SourceKind, SourceWish } from "../../spec/tool.ts";
import type { CallPins } from "../call_pins.ts";
import type { McpCollection } from "./mcp_collection.ts";
import type { McpCollections, ServedTool } from "./mcp_collections.ts";
import { refusal } from "./refusal.ts";

/** What calls of tools in sandboxes are made with. */
export interface SandboxSourceOptions {
  readonly collections: McpCollections;
  readonly executor: Executor;
  readonly pins: CallPins;
  /** What goes with a call of that caller through the collection. */
  readonly grantThrough: (caller: Caller, collection: McpCollection) => Promise<CallGrant>;
  readonly originOf: (
    caller: Caller,
    collection: McpCollection,
  ) => Promise<CallOrigin | undefined>;
  /** Aborts when calls that still run must stop. */
  readonly stop: AbortSignal;
}

/** Tools of collections that run in sandboxes of ours, called through the one way there is. */
export class SandboxSource implements McpSource {
  readonly #options: SandboxSourceOptions;

  constructor(options: SandboxSourceOptions) {
    this.#options = options;
  }

  async listTools({ caller, collectionId }: McpAudience): Promise<readonly McpSourceTool[]> {
    const served = await this.#options.collections.toolsFor(caller, collectionId);
    return served.map(({ tool }) => tool).filter(({ kind }) => sandboxed(kind) !== undefined);
  }

  async callTool(call: McpToolCall): Promise<McpToolResult> {
    const { executor, pins, grantThrough, originOf, stop } = this.#options;
    const { caller } = call.audience;
    const { tool, collection } = await this.#find(call);
    const source = sandboxed(tool.kind);
    if (source === undefined) throw notFound("tool");
    const [pinned, grant, origin] = await Promise.all([
      pins.contextOf({ collectionId: collection.id, toolId: tool.key }),
      grantThrough(caller, collection),
      originOf(caller, collection),
    ]);
    if (pinned === null) throw notPinned(tool.key);
    const { packageName, version } = pinned.pin;
    const result = await executor.execute(
      { packageName, version, name: tool.toolName, params: call.args, env: {}, source },
      {
        ...pinned,
        tenant: caller.tenant,
        ...{ grant, origin },
        requestId: call.requestId,
        signal: AbortSignal.any([call.signal, stop]),
        onLog: call.onLog,
        onProgress: call.onProgress,
        onChunk: (value) =>
          call.onProgress(typeof value === "string" ? value : JSON.stringify(value)),
      },
    );
    if (result.success) return toolResult(result.output);
    if (result.code === "tool_error") return failureResult(result);
    throw refusal(result);
  }

  /** The list may be of a moment ago: what is called is decided again. */
  async #find({ audience, key }: McpToolCall): Promise<ServedTool> {
    const { caller, collectionId } = audience;
    const served = await this.#options.collections.toolsFor(caller, collectionId);
    const found = served.find(({ tool }) => tool.key === key);
    if (found === undefined) throw notFound("tool");
    return found;
  }
}

/** How a caller would name that source; `undefined` for tools that run elsewhere. */
function sandboxed(kind: SourceKind): SourceWish | undefined {
  return kind === "mcp" || kind === "bridge" || kind === "http" ? undefined : kind;
}

function notPinned(toolId: string): AirlockError {
  return new AirlockError("quarantined", "call through collection: the tool is not pinned there", {
    stage: "resolve",
    suggestion: "Take the tool out of the collection and add it again.",
    details: { tool: toolId },
  });
}
