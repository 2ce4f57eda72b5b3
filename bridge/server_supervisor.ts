import { Client, ProtocolError, type Tool } from "@modelcontextprotocol/client";
import { isJsonObject, type JsonObject } from "../spec/json.ts";
import type { ServerConfig } from "./bridge_config.ts";
import { CallRefusal } from "./call_refusal.ts";
import { pauseUnless } from "./pause_unless.ts";
import type { LibraryRequest } from "./protocol/library_request.ts";
import { PASSED_RESULT } from "./passed_result.ts";
import { openServer, type ServerLink } from "./open_server.ts";
import { refusalOf } from "./refusal_of.ts";
import { NO_LISTS, readLists, type ServerLists } from "./server_lists.ts";
import { type ClientWatch, watchClient } from "./watch_client.ts";

/** How servers are started and looked after. */
export interface SupervisorOptions {
  readonly version: string;
  /** What every server sees of the environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly wrapper: readonly string[];
  /** Between the end of a server and its next start: the first pause, which doubles, and the longest. */
  readonly pauseMs: number;
  readonly maxPauseMs: number;
  /** Longest time from a start to the list of tools. */
  readonly startTimeoutMs: number;
  /** Told of each change of state or tools. */
  readonly onChange: () => void;
  /** A line for the log. */
  readonly onLog: (line: { readonly server: string; readonly text: string }) => void;
}

/** How a server is. */
export type ServerState = "starting" | "ready" | "failed" | "stopped";

/** A call as a server gets it. */
export interface ServerCall {
  readonly toolName: string;
  readonly args: JsonObject;
  /** Who calls, for whoever is asked about it. */
  readonly caller: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
}

/** After so long without an end, a server counts as well: its next pause is the first one again. */
const WELL_MS = 60_000;

/** Of one line of a server's for the log. */
const MAX_LOG_CHARACTERS = 2_000;

/**
 * One MCP server of this machine: started, and started again whenever it ends, until disposed. Disposing
 * ends it and all that it has started.
 */
export class ServerSupervisor implements AsyncDisposable {
  readonly config: ServerConfig;
  /** Resolves when the first start has succeeded or failed. Never rejects. */
  readonly started: Promise<void>;
  readonly #options: SupervisorOptions;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  readonly #first = Promise.withResolvers<void>();
  #client: Client | undefined;
  #link: ServerLink | undefined;
  /** Of a server that no process stands for. */
  #watch: ClientWatch | undefined;
  #lists: ServerLists = NO_LISTS;
  #state: ServerState = "starting";

  constructor(config: ServerConfig, options: SupervisorOptions) {
    this.config = config;
    this.#options = options;
    this.started = this.#first.promise;
    this.#running = this.#run();
  }

  get state(): ServerState {
    return this.#state;
  }

  /** Tools as the server lists them; those of its last run while it starts again. */
  get tools(): readonly Tool[] {
    return this.#lists.tools;
  }

  /** Everything that the server lists, as {@linkcode tools} are. */
  get lists(): ServerLists {
    return this.#lists;
  }

  /** Process of the server; `undefined` where none runs, or none was started. */
  get pid(): number | undefined {
    return this.#link?.pid;
  }

  /**
   * Calls a tool.
   * @throws {CallRefusal} where there is no answer of the server's.
   */
  async call({ toolName, args, timeoutMs, signal, onProgress }: ServerCall): Promise<JsonObject> {
    return await this.#answer(
      signal,
      (client) =>
        client.request(
          { method: "tools/call", params: { name: toolName, arguments: { ...args } } },
          PASSED_RESULT,
          {
            ...{ signal, timeout: timeoutMs, maxTotalTimeout: timeoutMs },
            onprogress: ({ progress, total, message }) =>
              onProgress(
                message ?? (total === undefined ? `${progress}` : `${progress} of ${total}`),
              ),
          },
        ),
    );
  }

  /**
   * Asks for something else that it offers.
   * @throws {CallRefusal} where there is no answer of the server's.
   */
  async ask(
    request: LibraryRequest,
    { timeoutMs, signal }: Pick<ServerCall, "timeoutMs" | "signal">,
  ): Promise<JsonObject> {
    const how = { signal, timeout: timeoutMs, maxTotalTimeout: timeoutMs };
    return await this.#answer(signal, (client) => {
      if (request.method === "resources/read") return client.readResource(request.params, how);
      if (request.method === "prompts/get") return client.getPrompt(request.params, how);
      return client.complete(request.params, how);
    });
  }

  async #answer(
    signal: AbortSignal,
    ask: (client: Client) => Promise<unknown>,
  ): Promise<JsonObject> {
    try {
      if (this.#client === undefined) throw notRunning(this.config);
      const result = await ask(this.#client);
      if (isJsonObject(result)) return result;
      throw new CallRefusal("failed", "the server answered no result");
    } catch (error) {
      if (!(error instanceof ProtocolError)) void this.#watch?.look();
      throw refusalOf(error, signal);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#link?.close();
    await this.#running;
    this.#state = "stopped";
  }

  async #run(): Promise<void> {
    const { pauseMs, maxPauseMs } = this.#options;
    let pause = pauseMs;
    while (!this.#stop.signal.aborted) {
      const startedMs = performance.now();
      this.#set("starting");
      await this.#runOnce();
      this.#client = undefined;
      this.#link = undefined;
      this.#watch = undefined;
      if (this.#stop.signal.aborted) break;
      this.#set("failed");
      this.#first.resolve();
      if (performance.now() - startedMs > WELL_MS) pause = pauseMs;
      this.#log(`starting again in ${pause} ms`);
      await pauseUnless(pause, this.#stop.signal);
      pause = Math.min(maxPauseMs, pause * 2);
    }
    this.#first.resolve();
  }

  /** Starts it, and waits until it has ended. */
  async #runOnce(): Promise<void> {
    const { env, wrapper, startTimeoutMs: timeout } = this.#options;
    const ended = Promise.withResolvers<void>();
    const link = openServer(this.config, { env, wrapper, onStderr: (text) => this.#log(text) });
    const client = this.#newClient();
    client.onclose = () => ended.resolve();
    client.onerror = (error) => this.#log(error.message);
    this.#link = link;
    try {
      await client.connect(link, { timeout });
      const lists = await readLists(client, { timeout, onFault: (text) => this.#log(text) });
      if (this.#stop.signal.aborted) return await link.close();
      this.#client = client;
      this.#lists = lists;
      this.#set("ready");
      this.#first.resolve();
      using watch = this.config.url === undefined ? null : watchClient(client, ended.resolve);
      this.#watch = watch ?? undefined;
      await ended.promise;
      this.#log("the server has ended");
    } catch (error) {
      this.#log(`cannot be started: ${error instanceof Error ? error.message : error}`);
    }
    await link.close();
  }

  #newClient(): Client {
    const relist = <K extends keyof ServerLists>(name: K) => ({
      onChanged: (error: Error | null, list: ServerLists[K] | null) => {
        if (error !== null || list === null) return this.#log(`its ${name} cannot be read again`);
        this.#lists = { ...this.#lists, [name]: list };
        this.#options.onChange();
      },
    });
    const client = new Client({ name: "airlock-bridge", version: this.#options.version }, {
      versionNegotiation: { mode: "legacy" },
      listChanged: {
        ...{ tools: relist("tools"), resources: relist("resources"), prompts: relist("prompts") },
      },
    });
    client.setNotificationHandler("notifications/message", ({ params: { level, data } }) => {
      const text = typeof data === "string" ? data : JSON.stringify(data) ?? "";
      this.#log(`${level}: ${text.slice(0, MAX_LOG_CHARACTERS)}`);
    });
    return client;
  }

  #set(state: ServerState): void {
    this.#state = state;
    this.#options.onChange();
  }

  #log(text: string): void {
    this.#options.onLog({ server: this.config.id, text });
  }
}

function notRunning({ id }: ServerConfig): CallRefusal {
  return new CallRefusal("server_unavailable", `the server ${id} is not running`);
}
