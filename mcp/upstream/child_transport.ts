import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client";
import { serializeMessage } from "@modelcontextprotocol/client";
import { LineBuffer } from "../../spec/line_buffer.ts";
import { childCommand } from "./child_command.ts";
import { readMessage } from "./read_message.ts";
import { beyond, upstreamError } from "./upstream_errors.ts";
import { UPSTREAM_LIMITS, type UpstreamLimits } from "./upstream_limits.ts";

/** What a child is started with. */
export interface ChildOptions {
  readonly command: readonly string[];
  /** The whole environment; nothing of the gateway's beside it. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends processes that carry this text in their environment and left the child's process group. */
  readonly killMarked: (mark: string) => void;
  readonly limits?: Pick<UpstreamLimits, "messageBytes" | "stderrBytes">;
}

/** Variable that marks a child and all that it starts. */
const MARK = "MCP_CHILD";

/** How long a child that was told so, by the end of its stdin, may take to end by itself. */
const GRACE_MS = 500;

/**
 * A server in a process group of its own, spoken to over its stdin and stdout. Closing ends the whole
 * group; so does the end of the gateway, however that comes, where the system has `/proc`.
 */
export class ChildTransport implements Transport {
  readonly #options: ChildOptions;
  readonly #limits: Pick<UpstreamLimits, "messageBytes" | "stderrBytes">;
  readonly #mark = crypto.randomUUID();
  #child: Deno.ChildProcess | undefined;
  #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>> | undefined;
  #drained: Promise<unknown> = Promise.resolve();
  #stderr = "";
  #closing: Promise<void> | undefined;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;

  constructor(options: ChildOptions) {
    this.#options = options;
    this.#limits = options.limits ?? UPSTREAM_LIMITS;
  }

  /** The end of what it wrote to stderr. */
  get stderr(): string {
    return this.#stderr;
  }

  /** Of the process group; `undefined` before it is started. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): Promise<void> {
    const { program, args } = childCommand(this.#options.command, { gatewayPid: Deno.pid });
    try {
      this.#child = new Deno.Command(program, {
        args: [...args],
        cwd: "/",
        clearEnv: true,
        env: { ...this.#options.env, [MARK]: this.#mark },
        ...{ stdin: "piped", stdout: "piped", stderr: "piped", detached: true },
      }).spawn();
    } catch (error) {
      return Promise.reject(upstreamError("start MCP server", error));
    }
    const { stdin, stdout, stderr, status } = this.#child;
    this.#writer = stdin.getWriter();
    this.#drained = Promise.allSettled([this.#read(stdout), this.#keep(stderr)]);
    void status.then(() => this.close());
    return Promise.resolve();
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (this.#writer === undefined || this.#closing !== undefined) {
      throw upstreamError("write to MCP server", new Error("it has ended"));
    }
    await this.#writer.write(new TextEncoder().encode(serializeMessage(message)));
  }

  /** Resolves when no process of the group is left. */
  close(): Promise<void> {
    return this.#closing ??= this.#end();
  }

  async #end(): Promise<void> {
    const child = this.#child;
    if (child !== undefined) {
      // Whatever comes of it, the group is killed.
      const told = this.#writer?.close().catch(() => {});
      await within(GRACE_MS, Promise.all([told, child.status]));
      killGroup(child.pid);
      await child.status;
      this.#options.killMarked(`${MARK}=${this.#mark}`);
      await within(GRACE_MS, this.#drained);
    }
    this.onclose?.();
  }

  async #read(stdout: ReadableStream<Uint8Array>): Promise<void> {
    const lines = new LineBuffer(this.#limits.messageBytes);
    try {
      for await (const chunk of stdout) {
        for (const line of lines.add(chunk)) this.#take(line);
      }
    } catch (error) {
      const { messageBytes } = this.#limits;
      const isTooLong = error instanceof RangeError;
      this.onerror?.(isTooLong ? beyond("messageBytes", messageBytes) : asError(error));
    }
    // Without a stdout it can answer nothing any more.
    void this.close();
  }

  #take(line: string): void {
    if (line.trim() === "") return;
    try {
      this.onmessage?.(readMessage(line));
    } catch (error) {
      // Servers print other things too; whoever waits for an answer goes on waiting.
      this.onerror?.(asError(error));
    }
  }

  async #keep(stderr: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stderr) {
      this.#stderr = (this.#stderr + decoder.decode(chunk, { stream: true }))
        .slice(-this.#limits.stderrBytes);
    }
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function killGroup(pid: number): void {
  try {
    Deno.kill(-pid, "SIGKILL");
  } catch (error) {
    // Nobody of it is left.
    if (!(error instanceof Deno.errors.NotFound || error instanceof TypeError)) throw error;
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, ms);
  try {
    // What goes wrong with an end that was asked for is of no interest: the group is killed.
    await Promise.race([work.then(() => {}, () => {}), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
