import type { z } from "zod";
import type { Tool } from "@modelcontextprotocol/client";
import { isAllowedTool } from "./allowed_tool.ts";
import type { ServerConfig } from "./bridge_config.ts";
import { CallRefusal } from "./call_refusal.ts";
import {
  bridgePromptSchema,
  bridgeResourceSchema,
  type BridgeServers,
  type BridgeTool,
  bridgeToolSchema,
} from "./protocol.ts";
import { PROTOCOL_LIMITS } from "./protocol/protocol_limits.ts";
import { ServerSupervisor, type SupervisorOptions } from "./server_supervisor.ts";

/** All servers of this machine that are not disabled. Disposing ends every one. */
export class ToolServers implements AsyncDisposable {
  readonly #servers: readonly ServerSupervisor[];
  readonly #onLog: SupervisorOptions["onLog"];
  readonly #skipped = new Set<string>();

  /** Starts all of them at once. */
  constructor(configs: readonly ServerConfig[], options: SupervisorOptions) {
    this.#onLog = options.onLog;
    this.#servers = configs.filter(({ disabled }) => !disabled)
      .map((config) => new ServerSupervisor(config, options));
  }

  /** Resolves when each has started once, or failed to. */
  async started(): Promise<void> {
    await Promise.all(this.#servers.map(({ started }) => started));
  }

  /** Every server, for whoever shows them. */
  get all(): readonly ServerSupervisor[] {
    return this.#servers;
  }

  /** What the gateway is told of: tools that may be called. One that it would not take is left out. */
  offered(): BridgeServers {
    let room = PROTOCOL_LIMITS.maxTools;
    return this.#servers.map(({ config, tools, lists }) => {
      const names = new Set<string>();
      const offered = tools.filter(({ name }) => isAllowedTool(name, config))
        .map((tool) => this.#read(tool, config.id)).filter((tool) => tool !== undefined)
        .filter(({ name }) => names.size < names.add(name).size).slice(0, room);
      room -= offered.length;
      const server = { id: config.id, name: config.name ?? config.id, tools: offered };
      // Where some tools only are allowed, nobody has allowed to tell what else there is.
      if (config.allow !== undefined) return server;
      return {
        ...server,
        resources: readable(bridgeResourceSchema, lists.resources, PROTOCOL_LIMITS.maxResources),
        prompts: readable(bridgePromptSchema, lists.prompts, PROTOCOL_LIMITS.maxPrompts),
      };
    });
  }

  /**
   * The server that a call is for, where this machine allows it: whatever the gateway was told.
   * @throws {CallRefusal} `tool_not_found`, `not_allowed`.
   */
  find(serverId: string, toolName: string): ServerSupervisor {
    const server = this.#servers.find(({ config }) => config.id === serverId);
    if (server === undefined) {
      throw new CallRefusal("tool_not_found", "this machine has no such server");
    }
    if (!isAllowedTool(toolName, server.config)) {
      throw new CallRefusal("not_allowed", "this machine does not allow the tool");
    }
    if (!server.tools.some(({ name }) => name === toolName)) {
      throw new CallRefusal("tool_not_found", `the server ${serverId} has no such tool`);
    }
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map((server) => server[Symbol.asyncDispose]()));
  }

  #read(tool: Tool, server: string): BridgeTool | undefined {
    const { name, description = "", inputSchema, outputSchema = null, annotations } = tool;
    const read = bridgeToolSchema.safeParse({
      name,
      description: description.slice(0, PROTOCOL_LIMITS.maxDescriptionCharacters).toWellFormed(),
      ...{ inputSchema, outputSchema, annotations },
    });
    const key = `${server} ${name}`;
    if (!read.success && !this.#skipped.has(key)) {
      this.#skipped.add(key);
      this.#onLog({
        server,
        text: `${name} is left out: its definition is too large or not plain`,
      });
    }
    return read.data;
  }
}

/** What of a list a gateway takes, and no more than it takes. */
function readable<T>(schema: z.ZodType<T>, list: readonly unknown[], max: number): T[] {
  return list.slice(0, max).map((one) => schema.safeParse(one).data)
    .filter((one) => one !== undefined);
}
