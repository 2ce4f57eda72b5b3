import type { Client, LoggingLevel } from "@modelcontextprotocol/client";
import type { JsonObject } from "../../spec/json.ts";
import type { McpToolResult } from "../../spec/mcp_content.ts";
import type { McpProgress } from "../../spec/mcp_source.ts";
import type { LogEntry } from "../../spec/sandbox.ts";
import { type ListedTool, toolDigest } from "./listed_tool.ts";
import { PASSED_RESULT } from "./passed_result.ts";
import { readListing } from "./read_listing.ts";
import { beyond } from "./upstream_errors.ts";
import type { UpstreamLimits } from "./upstream_limits.ts";
import type { UpstreamTransport } from "./upstream_target.ts";

/** One call of a tool of another server, and who listens. */
export interface UpstreamCall {
  readonly name: string;
  readonly args: JsonObject;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
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
  #listing: Promise<UpstreamListing> | undefined;
  #isClosed = false;
  /** Told when the server says that its tools have changed. */
  onToolsChanged: () => void = () => {};

  constructor(parts: UpstreamParts) {
    this.#parts = parts;
    parts.client.setNotificationHandler("notifications/message", ({ params }) => {
      const line = { level: LEVELS[params.level], message: lineOf(params.data) };
      // Of which call a line is, older servers do not say: all of them are of the same account.
      for (const tell of this.#listeners) tell(line);
    });
    parts.client.setNotificationHandler("notifications/tools/list_changed", () => {
      this.#listing = undefined;
      this.onToolsChanged();
    });
  }

  get transport(): UpstreamTransport {
    return this.#parts.transport;
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

  /**
   * Calls a tool. What it answers is passed on as it is.
   * @throws what the SDK throws; {@linkcode AirlockError} `resource_limit`.
   */
  async callTool(call: UpstreamCall): Promise<McpToolResult> {
    const { client, limits, nowMs } = this.#parts;
    const { name, args, signal, timeoutMs, onLog, onProgress } = call;
    let left = limits.tellings;
    const beganMs = nowMs();
    const listen = (line: Omit<LogEntry, "atMs">) => {
      if (left-- > 0) onLog({ ...line, atMs: Math.round(nowMs() - beganMs) });
    };
    this.#listeners.add(listen);
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
      if (JSON.stringify(result).length > limits.resultBytes) {
        throw beyond("resultBytes", limits.resultBytes);
      }
      return result;
    } finally {
      this.#listeners.delete(listen);
    }
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
