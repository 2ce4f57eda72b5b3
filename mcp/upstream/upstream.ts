import type { Client, LoggingLevel } from "@modelcontextprotocol/client";
import type { JsonObject } from "../../spec/json.ts";
import type { McpToolResult } from "../../spec/mcp_content.ts";
import type { McpProgress } from "../../spec/mcp_source.ts";
import type { LogEntry } from "../../spec/sandbox.ts";
import type { McpAbility, McpAsking } from "../../spec/mcp_asking.ts";
import type { McpLibraryMethod } from "../../spec/mcp_library.ts";
import { type ListedTool, toolDigest } from "./listed_tool.ts";
import { PASSED_RESULT } from "./passed_result.ts";
import { QuestionDesk } from "./question_desk.ts";
import { readListing } from "./read_listing.ts";
import { type ListedOffers, readOffers } from "./read_offers.ts";
import { beyond } from "./upstream_errors.ts";
import type { UpstreamLimits } from "./upstream_limits.ts";
import { UpstreamWatches } from "./upstream_watches.ts";
import type { UpstreamTransport } from "./upstream_target.ts";

/** One request to another server. */
export interface UpstreamRequest {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Asks the client that waits for the answer; absent where it cannot be asked. */
  readonly ask?: McpAsking["ask"];
}

/** What a server says of itself without being asked. */
export type UpstreamChange =
  | { readonly kind: "tools" | "resources" | "prompts" }
  | { readonly kind: "resource"; readonly uri: string };

/** One call of a tool of another server, and who listens. */
export interface UpstreamCall extends UpstreamRequest {
  readonly name: string;
  readonly args: JsonObject;
  readonly onLog: (entry: LogEntry) => void;
  readonly onProgress: (message: string, at: McpProgress) => void;
}

/** A server's tools as they were listed at one time. */
export interface UpstreamListing {
  readonly tools: readonly ListedTool[];
  /** By name. */
  readonly digests: ReadonlyMap<string, string>;
  readonly readAtMs: number;
}

/** What {@linkcode Upstream} is made of. */
export interface UpstreamParts {
  readonly client: Client;
  readonly transport: UpstreamTransport;
  readonly limits: UpstreamLimits;
  /** Ends what carries the connection. */
  readonly close: () => Promise<void>;
  readonly nowMs: () => number;
  /** What may be asked over it. */
  readonly abilities: readonly McpAbility[];
}

/** Levels of MCP as lines of our logs have them. */
const LEVELS: Readonly<Record<LoggingLevel, LogEntry["level"]>> = {
  debug: "debug",
  info: "info",
  notice: "info",
  warning: "warn",
  error: "error",
  critical: "error",
  alert: "error",
  emergency: "error",
};

/** Longest line of a log that is passed on. */
const MAX_LINE_CHARACTERS = 8_000;

/** Asks a server of the newest protocol for its log; older ones are asked once for all. */
const LOG_META = { "io.modelcontextprotocol/logLevel": "debug" };

/** An open connection to another server. Whoever opened it closes it. */
export class Upstream implements AsyncDisposable {
  readonly #parts: UpstreamParts;
  readonly #listeners = new Set<(line: Omit<LogEntry, "atMs">) => void>();
  readonly #questions: QuestionDesk;
  readonly #watches: UpstreamWatches;
  #listing: Promise<UpstreamListing> | undefined;
  #isClosed = false;
  readonly #closed = Promise.withResolvers<void>();
  /** Told what the server says to have changed. */
  onChange: (change: UpstreamChange) => void = () => {};

  constructor(parts: UpstreamParts) {
    this.#parts = parts;
    this.#questions = new QuestionDesk(parts.client, parts);
    this.#watches = new UpstreamWatches({
      ...parts,
      onUpdated: (uri) => this.onChange({ kind: "resource", uri }),
    });
    parts.client.onclose = () => {
      this.#watches[Symbol.dispose]();
      this.#closed.resolve();
    };
    parts.client.setNotificationHandler("notifications/message", ({ params }) => {
      const line = { level: LEVELS[params.level], message: lineOf(params.data) };
      // Of which call a line is, older servers do not say: all of them are of the same account.
      for (const tell of this.#listeners) tell(line);
    });
    parts.client.setNotificationHandler("notifications/tools/list_changed", () => {
      this.#listing = undefined;
      this.onChange({ kind: "tools" });
    });
    for (const kind of ["resources", "prompts"] as const) {
      parts.client.setNotificationHandler(
        `notifications/${kind}/list_changed`,
        () => this.onChange({ kind }),
      );
    }
  }

  get transport(): UpstreamTransport {
    return this.#parts.transport;
  }

  /** Resolves when it is closed, by either side. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  get isClosed(): boolean {
    return this.#isClosed || this.#parts.client.transport === undefined;
  }

  /** What it calls itself; unlike its tools, nobody is shown it but its owner. */
  get about(): { readonly name: string; readonly version: string; readonly protocol: string } {
    const { client } = this.#parts;
    const { name = "", version = "" } = client.getServerVersion() ?? {};
    const protocol = client.getNegotiatedProtocolVersion() ?? "";
    return { name: name.slice(0, 200), version: version.slice(0, 100), protocol };
  }

  /** Its tools: as they were listed on this connection, unless that is too long ago or they changed. */
  async listing({ fresh = false }: { readonly fresh?: boolean } = {}): Promise<UpstreamListing> {
    const { limits, nowMs } = this.#parts;
    const kept = fresh ? undefined : await this.#listing?.catch(() => undefined);
    if (kept !== undefined && nowMs() - kept.readAtMs < limits.listTtlMs) return kept;
    const reading = this.#read();
    this.#listing = reading;
    return await reading;
  }

  async #read(): Promise<UpstreamListing> {
    const { client, limits, nowMs } = this.#parts;
    const signal = AbortSignal.timeout(limits.listTimeoutMs);
    const tools = await readListing(client, { limits, signal });
    const digests = new Map(tools.map((tool) => [tool.name, toolDigest(tool)]));
    return { tools, digests, readAtMs: nowMs() };
  }

  /** What it offers beside tools, as it lists it now. */
  async offers(): Promise<ListedOffers> {
    const { client, limits } = this.#parts;
    const { resources, prompts } = client.getServerCapabilities() ?? {};
    const offered = { resources: resources !== undefined, prompts: prompts !== undefined };
    return await readOffers(client, offered, {
      ...{ limits, signal: AbortSignal.timeout(limits.listTimeoutMs) },
    });
  }

  /**
   * Asks for anything but a call of a tool. What it answers is passed on as it is.
   * @throws what the SDK throws; {@linkcode AirlockError} `resource_limit`.
   */
  async request(
    method: McpLibraryMethod,
    params: JsonObject,
    { signal, timeoutMs, ask }: UpstreamRequest,
  ): Promise<JsonObject> {
    const { client } = this.#parts;
    using _asked = ask && this.#questions.enter(ask, signal);
    // The SDK knows what each method answers, and refuses what is not that.
    const result = await client.request({ method, params: { ...params } }, {
      ...{ signal, timeout: timeoutMs, maxTotalTimeout: timeoutMs },
    });
    return this.#bounded(result as JsonObject);
  }

  /**
   * Calls a tool. What it answers is passed on as it is.
   * @throws what the SDK throws; {@linkcode AirlockError} `resource_limit`.
   */
  async callTool(call: UpstreamCall): Promise<McpToolResult> {
    const { client, limits, nowMs } = this.#parts;
    const { name, args, signal, timeoutMs, onLog, onProgress, ask } = call;
    let left = limits.tellings;
    const beganMs = nowMs();
    const listen = (line: Omit<LogEntry, "atMs">) => {
      if (left-- > 0) onLog({ ...line, atMs: Math.round(nowMs() - beganMs) });
    };
    this.#listeners.add(listen);
    using _asked = ask && this.#questions.enter(ask, signal);
    try {
      const isModern = client.getProtocolEra() === "modern";
      const params = { name, arguments: args, ...(isModern && { _meta: LOG_META }) };
      const result = await client.request({ method: "tools/call", params }, PASSED_RESULT, {
        ...{ signal, timeout: timeoutMs, maxTotalTimeout: timeoutMs },
        onprogress({ progress, total, message }) {
          if (left-- <= 0) return;
          const amount = total === undefined ? `${progress}` : `${progress} of ${total}`;
          onProgress(message ?? amount, { progress, total });
        },
      });
      return this.#bounded(result);
    } finally {
      this.#listeners.delete(listen);
    }
  }

  /** Has it tell of changes of its lists, where it does not by itself. */
  async listen(): Promise<void> {
    await this.#watches.start();
  }

  /** Asks it to tell of a resource's changes. */
  async watch(uri: string, signal: AbortSignal): Promise<void> {
    await this.#watches.begin(uri, signal);
  }

  /** Asks it not to any more. */
  async unwatch(uri: string): Promise<void> {
    if (!this.isClosed) await this.#watches.end(uri);
  }

  #bounded<T>(result: T): T {
    const { resultBytes } = this.#parts.limits;
    if (JSON.stringify(result).length > resultBytes) throw beyond("resultBytes", resultBytes);
    return result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#parts.close();
  }
}

function lineOf(data: unknown): string {
  const text = typeof data === "string" ? data : JSON.stringify(data) ?? "";
  return text.slice(0, MAX_LINE_CHARACTERS);
}
