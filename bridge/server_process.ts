import { serializeMessage, type Transport } from "@modelcontextprotocol/client";
import { LineBuffer } from "../spec/line_buffer.ts";
import type { ServerConfig } from "./bridge_config.ts";
import { LineWriter } from "./line_writer.ts";
import { readServerMessage, type ServerMessage } from "./read_server_message.ts";

/** How a server is started. */
export interface ServerProcessOptions extends Pick<ServerConfig, "args" | "cwd"> {
  readonly command: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** What ends a server whose bridge was killed: put before the command. */
  readonly wrapper: readonly string[];
  /** Each line of its stderr, cut. */
  readonly onStderr: (line: string) => void;
}

/** Largest message of a server: as much as a gateway takes. */
const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;

const MAX_LINE_CHARACTERS = 2_000;

/** What is read at a time. */
const READ_BYTES = 64 * 1024;

/** How long a server gets to end by itself once its stdin is closed, and once it is asked to. */
const CLOSE_GRACE_MS = 300;
const TERM_GRACE_MS = 1_000;

/**
 * A server in a process group of its own, spoken to over its stdin and stdout. Closing it ends all that
 * it has started: what does not end by itself is killed.
 */
export class ServerProcess implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport["onmessage"];
  readonly #options: ServerProcessOptions;
  #child: Deno.ChildProcess | undefined;
  #stdin: LineWriter | undefined;
  #output: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: ServerProcessOptions) {
    this.#options = options;
  }

  /** Of the group's leader; `undefined` before it is started. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** @throws {Deno.errors.NotFound} and its kin where the command cannot be started. */
  // deno-lint-ignore require-await -- a command that is not there is told as the interface says
  async start(): Promise<void> {
    const { command, args, cwd, env, wrapper } = this.#options;
    const [program = command, ...rest] = [...wrapper, command, ...args];
    const child = new Deno.Command(program, {
      args: rest,
      cwd,
      clearEnv: true,
      env: { ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      // A group of its own: all of it can be ended, and Ctrl-C is for the bridge to act on.
      detached: true,
    }).spawn();
    this.#child = child;
    this.#stdin = new LineWriter(child.stdin.getWriter());
    this.#output = Promise.all([this.#readMessages(child), this.#readErrors(child)]);
    child.status.then(() => this.close());
  }

  async send(message: ServerMessage): Promise<void> {
    if (this.#stdin === undefined || this.#isClosed) throw new Error("send message: not running");
    await this.#stdin.write(serializeMessage(message));
  }

  /** Ends the process and all that it has started. Resolves when nothing of it is left. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    const child = this.#child;
    if (child !== undefined) {
      // Its end may have come first.
      this.#stdin?.close().catch(() => {});
      if (!await endsWithin(child.status, CLOSE_GRACE_MS)) killGroup(child.pid, "SIGTERM");
      await endsWithin(child.status, TERM_GRACE_MS);
      // Also where it has ended: what it started may be left.
      killGroup(child.pid, "SIGKILL");
      await child.status;
      await endsWithin(this.#output, TERM_GRACE_MS);
    }
    this.onclose?.();
  }

  async #readMessages({ stdout }: Deno.ChildProcess): Promise<void> {
    const lines = new LineBuffer(MAX_MESSAGE_BYTES);
    try {
      for await (const bytes of readChunks(stdout)) {
        for (const line of lines.add(bytes)) {
          const message = this.#read(line);
          if (message === null) continue;
          this.onmessage?.(message);
          // The client looks at these a moment later, and at a result at once: one that came after
          // them would overtake them, and they would be of no call any more.
          if (!("id" in message)) await new Promise((resolve) => setTimeout(resolve, 0));
        }
      }
    } catch (error) {
      // Longer than any message is, or the pipe broke: nothing after it could be understood.
      this.#tell(error);
    }
    void this.close();
  }

  /** A line that is no message is skipped. */
  #read(line: string): ServerMessage | null {
    try {
      return readServerMessage(line);
    } catch (error) {
      this.#tell(error);
      return null;
    }
  }

  async #readErrors({ stderr }: Deno.ChildProcess): Promise<void> {
    let rest = "";
    try {
      for await (const text of stderr.pipeThrough(new TextDecoderStream())) {
        const lines = (rest + text).split("\n");
        rest = (lines.pop() ?? "").slice(0, MAX_LINE_CHARACTERS);
        for (const line of lines) this.#options.onStderr(line.slice(0, MAX_LINE_CHARACTERS));
      }
    } catch (error) {
      this.#tell(error);
    }
    if (rest !== "") this.#options.onStderr(rest);
  }

  #tell(error: unknown): void {
    this.onerror?.(error instanceof Error ? error : new Error(String(error)));
  }
}

/** What comes, in one buffer: what is given is good until the next is asked for. */
async function* readChunks(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader({ mode: "byob" });
  let buffer = new ArrayBuffer(READ_BYTES);
  for (;;) {
    const { done, value } = await reader.read(new Uint8Array(buffer));
    if (done || value === undefined) return;
    yield value;
    buffer = value.buffer;
  }
}

async function endsWithin(end: Promise<unknown>, withinMs: number): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), withinMs);
  try {
    return await Promise.race([end.then(() => true), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function killGroup(leader: number, signal: Deno.Signal): void {
  try {
    Deno.kill(-leader, signal);
  } catch {
    // Nobody of the group is left, which is all that was wanted.
  }
}
