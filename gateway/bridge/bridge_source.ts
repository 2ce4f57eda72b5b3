import type { Accounts } from "../../accounts/accounts.ts";
import type { ServedBridgeTool } from "../../accounts/bridges/served_bridge_tools.ts";
import { notFound } from "../../accounts/require_permission.ts";
import type { Metering } from "../../accounts/metering.ts";
import { sharedContent } from "../../mcp/library/shared_content.ts";
import type { Executor } from "../../spec/execution.ts";
import type { McpToolResult } from "../../spec/mcp_content.ts";
import type { McpAudience, McpSource, McpSourceTool, McpToolCall } from "../../spec/mcp_source.ts";
import { definitionChanged, NOT_CONNECTED, notOffered } from "./bridge_errors.ts";
import { bridgeServerId } from "./bridge_server_id.ts";
import type { BridgeRoutes } from "./bridge_routes.ts";
import type { ServedBridges } from "./served_bridges.ts";
import { joinSignals } from "../join_signals.ts";
import { callElsewhere } from "../mcp/use_elsewhere.ts";

/** What bridge tools are served with. */
export interface BridgeSourceOptions {
  readonly accounts: Pick<Accounts, "grantThrough">;
  readonly metering?: Pick<Metering, "originOf">;
  /** Counts, bounds and logs calls as all others. */
  readonly executor: Executor;
  readonly routes: BridgeRoutes & { isConnected(bridgeId: string): boolean };
  readonly served: ServedBridges;
  /** Aborts when calls that still run must stop. */
  readonly stop: AbortSignal;
}

/**
 * Tools on the machines of users. Whose machine it is sees and calls them, through collections of the
 * same account; a collection that is public has them for nobody else.
 */
export class BridgeSource implements McpSource {
  readonly #options: BridgeSourceOptions;

  constructor(options: BridgeSourceOptions) {
    this.#options = options;
  }

  async listTools(audience: McpAudience): Promise<readonly McpSourceTool[]> {
    const served = await this.#servedTo(audience);
    // A definition that nobody has looked at is for nobody's model to read.
    return served.filter(({ offered, changed }) => offered && !changed).map((tool) => ({
      key: tool.toolId,
      kind: "bridge",
      sourceName: tool.serverId,
      toolName: tool.name,
      displayName: tool.displayName,
      description: tool.description,
      note: this.#noteOf(tool),
      inputSchema: tool.inputSchema,
      outputSchema: tool.outputSchema,
      annotations: tool.annotations,
    }));
  }

  async callTool(call: McpToolCall): Promise<McpToolResult> {
    const served = await this.#servedTo(call.audience);
    const tool = served.find(({ toolId }) => toolId === call.key);
    if (tool === undefined) throw notFound("tool");
    if (tool.changed) throw definitionChanged(tool.toolId);
    if (!tool.offered) throw notOffered(tool.name);
    return await this.#run(call, tool);
  }

  async #run(call: McpToolCall, tool: ServedBridgeTool): Promise<McpToolResult> {
    const { accounts, metering, executor, routes, stop } = this.#options;
    const { args, onProgress, requestId, audience: { caller } } = call;
    const { bridgeId, serverId, name: toolName, collectionId } = tool;
    const [grant, origin] = await Promise.all([
      accounts.grantThrough(caller, { collectionId, action: "execute-mcp" }),
      metering?.originOf(caller, "mcp", { collectionId }),
    ]);
    using joined = joinSignals(call.signal, stop);
    const answered = await callElsewhere(executor, {
      ...{ source: "bridge", server: serverId, name: toolName, params: args },
      ...{ caller, requestId, grant, origin, signal: joined.signal },
      run: (signal) =>
        routes.call(bridgeId, { caller, args, onProgress, serverId, toolName, signal }),
    });
    return { ...answered, content: sharedContent(bridgeServerId(tool), answered.content) };
  }

  /** Of each tool the first place that it has. */
  async #servedTo(audience: McpAudience): Promise<readonly ServedBridgeTool[]> {
    const found = new Map<string, ServedBridgeTool>();
    for (const tool of await this.#options.served.placesFor(audience)) {
      if (!found.has(tool.toolId)) found.set(tool.toolId, tool);
    }
    return [...found.values()];
  }

  #noteOf({ bridgeId, note }: ServedBridgeTool): string {
    if (this.#options.routes.isConnected(bridgeId)) return note;
    return note === "" ? NOT_CONNECTED : `${note}\n\n${NOT_CONNECTED}`;
  }
}
