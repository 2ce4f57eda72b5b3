import { notFound } from "../../accounts/require_permission.ts";
import { sharedContent } from "../../mcp/library/shared_content.ts";
import { untilAborted } from "../../runtime/pool/until_aborted.ts";
import type { CallGrant } from "../../spec/call_grant.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { Executor } from "../../spec/execution.ts";
import type { McpToolResult } from "../../spec/mcp_content.ts";
import type { McpAudience, McpSource, McpSourceTool, McpToolCall } from "../../spec/mcp_source.ts";
import { joinSignals } from "../join_signals.ts";
import { offeredTools, type RemoteServer, type RemoteTool } from "../servers/remote_server.ts";
import type { RemoteReach, ServedServer } from "./remote_reach.ts";
import { callElsewhere } from "./use_elsewhere.ts";

/** What calls of tools of other servers are made with. */
export interface RemoteSourceOptions {
  readonly reach: RemoteReach;
  readonly executor: Executor;
  /** Aborts when calls that still run must stop. */
  readonly stop: AbortSignal;
}

interface ServedRemote extends ServedServer {
  readonly tool: RemoteTool;
}

/** Tools of other MCP servers: listed from what is kept, whatever those servers are doing. */
export class RemoteSource implements McpSource {
  readonly #options: RemoteSourceOptions;
  /** What a server offers changes with what was read of it, and lives as long as that. */
  readonly #offered = new WeakMap<RemoteServer, readonly RemoteTool[]>();

  constructor(options: RemoteSourceOptions) {
    this.#options = options;
  }

  async listTools(audience: McpAudience): Promise<readonly McpSourceTool[]> {
    const servers = await this.#options.reach.serversFor(audience);
    return servers.flatMap(({ server }) => this.#offeredBy(server));
  }

  async callTool(call: McpToolCall): Promise<McpToolResult> {
    const { executor, reach, stop } = this.#options;
    const { caller } = call.audience;
    const found = await this.#find(call);
    const { server: { row }, tool } = found;
    if (tool.standing === "quarantined") throw quarantined(tool);
    const { grant, origin } = await reach.contextOf(caller, found);
    using joined = joinSignals(call.signal, stop);
    const answered = await callElsewhere(executor, {
      ...{ source: "mcp", server: row.name, name: tool.upstreamName, params: call.args },
      ...{ caller, requestId: call.requestId, grant, origin, signal: joined.signal },
      run: (signal) => this.#run(call, { found, grant, signal }),
    });
    return { ...answered, content: sharedContent(row.id, answered.content) };
  }

  async #run(
    { audience: { caller }, args, onLog, onProgress, client }: McpToolCall,
    { found, grant, signal }: {
      readonly found: ServedRemote;
      readonly grant: CallGrant;
      readonly signal: AbortSignal;
    },
  ): Promise<McpToolResult> {
    const { reach } = this.#options;
    const { upstreamName: name, digest } = found.tool;
    return await reach.use(found, {
      ...{ caller, grant, signal, client, what: "call tool of MCP server" },
      work: async (upstream, { target, ...how }) => {
        // What was approved is what is called: no answer of a tool that is another by now.
        const { digests } = await untilAborted(upstream.listing(), how.signal);
        if (digests.get(name) !== digest) {
          reach.refresh(target);
          throw quarantined(found.tool);
        }
        return await upstream.callTool({ ...how, name, args, onLog, onProgress });
      },
    });
  }

  /** The list may be of a moment ago: what is called is decided again. */
  async #find({ audience, key }: McpToolCall): Promise<ServedRemote> {
    for (const served of await this.#options.reach.serversFor(audience)) {
      const tool = this.#offeredBy(served.server).find((one) => one.key === key);
      if (tool !== undefined) return { ...served, tool };
    }
    throw notFound("tool");
  }

  #offeredBy(server: RemoteServer): readonly RemoteTool[] {
    const known = this.#offered.get(server);
    if (known !== undefined) return known;
    const tools = offeredTools(server);
    this.#offered.set(server, tools);
    return tools;
  }
}

function quarantined({ sourceName, upstreamName: tool }: RemoteTool): AirlockError {
  return new AirlockError(
    "quarantined",
    "call tool of MCP server: it is another than was approved",
    {
      stage: "resolve",
      suggestion: "The collection's owner can look at it with `airlock mcp test` and accept it.",
      details: { server: sourceName, tool },
    },
  );
}
