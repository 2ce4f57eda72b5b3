import type { z } from "zod";
import type { Tool } from "@modelcontextprotocol/client";
import { isAllowedTool } from "./allowed_tool.ts";
import type { ServerConfig } from "./bridge_config.ts";
import { CallRefusal } from "./call_refusal.ts";
import {
  type BridgeFailure,
  type BridgePrompt,
  bridgePromptSchema,
  type BridgeResource,
  bridgeResourceSchema,
  type BridgeServers,
  type BridgeTool,
  bridgeToolSchema,
} from "./protocol.ts";
import { type LibraryRequest, subjectOf } from "./protocol/library_request.ts";
import { PROTOCOL_LIMITS } from "./protocol/protocol_limits.ts";
import { ServerSupervisor, type SupervisorOptions } from "./server_supervisor.ts";

/** A tool that may be called, and whose it is. */
export interface FoundTool {
  readonly server: ServerSupervisor;
  readonly tool: Tool;
}

/** What else may be asked for, as the gateway was told of it. */
export interface FoundOffer {
  readonly server: ServerSupervisor;
  readonly definition: BridgeResource | BridgePrompt;
}

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
    return this.#servers.map((server) => {
      const { config, tools } = server;
      const names = new Set<string>();
      const offered = tools.filter(({ name }) => isAllowedTool(name, config))
        .map((tool) => this.#read(tool, config.id)).filter((tool) => tool !== undefined)
        .filter(({ name }) => names.size < names.add(name).size).slice(0, room);
      room -= offered.length;
      const told = { id: config.id, name: config.name ?? config.id, tools: offered };
      return { ...told, ...sharedBy(server) };
    });
  }

  /**
   * The server that a call is for, where this machine allows it: whatever the gateway was told.
   * @throws {CallRefusal} `tool_not_found`, `not_allowed`.
   */
  find(serverId: string, toolName: string): FoundTool {
    const server = this.#serverOf(serverId, "tool_not_found");
    if (!isAllowedTool(toolName, server.config)) {
      throw new CallRefusal("not_allowed", "this machine does not allow the tool");
    }
    const tool = server.tools.find(({ name }) => name === toolName);
    if (tool !== undefined) return { server, tool };
    throw new CallRefusal("tool_not_found", `the server ${serverId} has no such tool`);
  }

  /**
   * The server that is asked for a resource or a prompt, where the gateway was told of that.
   * @throws {CallRefusal} `not_offered`, `not_allowed`.
   */
  findOffer(serverId: string, request: LibraryRequest): FoundOffer {
    const server = this.#serverOf(serverId, "not_offered");
    const shared = sharedBy(server);
    if (shared === null) {
      throw new CallRefusal("not_allowed", "this machine allows tools of the server only");
    }
    const subject = subjectOf(request);
    const definition = request.method === "resources/read"
      ? shared.resources.find(({ uri }) => uri === subject)
      : shared.prompts.find(({ name }) => name === subject);
    if (definition !== undefined) return { server, definition };
    const what = request.method === "resources/read" ? "resource" : "prompt";
    throw new CallRefusal("not_offered", `the server ${serverId} does not list such a ${what}`);
  }

  #serverOf(serverId: string, code: BridgeFailure): ServerSupervisor {
    const server = this.#servers.find(({ config }) => config.id === serverId);
    if (server !== undefined) return server;
    throw new CallRefusal(code, "this machine has no such server");
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

/** What a server shares beside its tools; `null` where it may not. */
function sharedBy({ config, lists }: Pick<ServerSupervisor, "config" | "lists">) {
  // Where some tools only are allowed, nobody has allowed to tell what else there is; nor is that
  // for others where every tool that there is was denied.
  const { tools } = lists;
  const isShut = tools.length > 0 && !tools.some(({ name }) => isAllowedTool(name, config));
  if (config.allow !== undefined || isShut) return null;
  return {
    resources: readable(bridgeResourceSchema, lists.resources, PROTOCOL_LIMITS.maxResources),
    prompts: readable(bridgePromptSchema, lists.prompts, PROTOCOL_LIMITS.maxPrompts),
  };
}

/** What of a list a gateway takes, and no more than it takes. */
function readable<T>(schema: z.ZodType<T>, list: readonly unknown[], max: number): T[] {
  return list.slice(0, max).map((one) => schema.safeParse(one).data)
    .filter((one) => one !== undefined);
}
