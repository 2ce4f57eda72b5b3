import type { SandboxExit, SandboxUsage } from "../../spec/sandbox.ts";
import { messageFrame } from "./message_frame.ts";
import {
  encodeFrame,
  type Frame,
  FRAME_KINDS,
  type FrameKind,
  SECRET_BYTES,
} from "../protocol/frame.ts";
import { FrameReader, FrameTooLargeError } from "./frame_reader.ts";
import { awaitBurial } from "./orphans.ts";
import {
  childPids,
  filesIn,
  innermostPid,
  killProcess,
  processUsage,
  residentBytes,
} from "./proc_stat.ts";
import { type SpawnCommand, TMP_BYTES, TMP_FILES } from "./spawn_command.ts";

/** Who listens to a sandbox process. */
export interface ProcessListener {
  onFrame(frame: Frame): void;
  /** Text that did not come in a frame. */
  onText(from: "stdout" | "stderr", text: string): void;
}

/** Options of {@linkcode SandboxProcess}. */
export interface SandboxProcessOptions {
  readonly listener: ProcessListener;
  /** Largest frame payload accepted from the guest. */
  readonly maxFrameBytes: number;
  /** Resident memory at which the process is killed. */
  readonly maxRssBytes: number;
}

/** How often resident memory is looked at while calls run. */
const RSS_INTERVAL_MS = 40;

/** How long wrappers have to follow what they ran. */
const WRAPPER_GRACE_MS = 1_000;

/**
 * What a guest may leave unread: far more than its calls and all windows of its requests hold. One
 * that only ever asks and never reads the answers would otherwise fill the gateway's memory.
 */
const UNREAD_LIMIT_BYTES = 64 * 1024 * 1024;

/** Bytes asked from the output at a time: as much as a pipe holds. */
const READ_BYTES = 64 * 1024;

/** By this variable of the process's environment it is found again; it means nothing inside. */
const MARK = "AIRLOCK_SANDBOX";

/**
 * A running sandbox process: frames in, frames out, one way to die. It begins with the process
 * spawned; disposing kills it and waits until the kernel has buried it.
 */
export class SandboxProcess implements AsyncDisposable {
  readonly exited: Promise<SandboxExit>;
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #reader: FrameReader;
  readonly #mark = crypto.randomUUID();
  readonly #maxRssBytes: number;
  readonly #countedDirectory: string | undefined;
  #innerPid: number | null = null;
  #ending: SandboxExit | null = null;
  #unreadBytes = 0;
  #wrapperGrace: ReturnType<typeof setTimeout> | undefined;
  #rssTimer: ReturnType<typeof setInterval> | null = null;
  #watchesMemory = false;

  /** @throws {Deno.errors.NotFound} and its kin when the program cannot be started. */
  constructor(command: SpawnCommand, options: SandboxProcessOptions) {
    const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
    this.#maxRssBytes = options.maxRssBytes;
    this.#countedDirectory = command.countedDirectory;
    this.#reader = new FrameReader(secret, {
      onFrame: (frame) => options.listener.onFrame(frame),
      onStray: (bytes) => options.listener.onText("stdout", new TextDecoder().decode(bytes)),
    }, { maxPayloadBytes: options.maxFrameBytes });
    this.#child = new Deno.Command(command.program, {
      args: [...command.args],
      clearEnv: true,
      env: { ...command.env, [MARK]: this.#mark },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      // A process group of its own: Ctrl-C in a terminal goes to all of the gateway's, and is for the
      // gateway alone to act on.
      detached: true,
    }).spawn();
    this.#stdin = this.#child.stdin.getWriter();
    this.#write(encodeFrame(FRAME_KINDS.secret, [secret]));
    const output = Promise.all([this.#readFrames(), this.#readErrors(options.listener)]);
    this.exited = this.#watch(output);
  }

  /** Sends one frame. Writing to a process that has ended is silently dropped. */
  send(kind: FrameKind, pieces: readonly Uint8Array[]): void {
    this.#write(encodeFrame(kind, pieces));
  }

  /** Sends one message as JSON. */
  sendMessage(message: unknown): void {
    this.#write(messageFrame(JSON.stringify(message)));
  }

  /** Changes the largest payload accepted from now on. */
  set maxFrameBytes(bytes: number) {
    this.#reader.maxPayloadBytes = bytes;
  }

  /** Kills the process. The first reason given is the one that {@linkcode exited} tells. */
  kill(reason: SandboxExit["reason"], detail: string): void {
    if (this.#ending !== null) return;
    this.#ending = { reason, detail };
    // A wrapper that waits is not killed but what it waits for, the init of a process table: all in
    // there dies with it, and the wrapper buries it before it ends itself. Killed first, it would
    // leave that to the init of the machine, which a container may not have.
    const [waitedFor] = childPids(this.#child.pid);
    killProcess(waitedFor ?? this.#child.pid);
    if (waitedFor === undefined) return;
    this.#wrapperGrace = setTimeout(() => {
      const rest = childPids(this.#child.pid);
      for (const pid of [this.#child.pid, ...rest]) killProcess(pid);
    }, WRAPPER_GRACE_MS);
  }

  /** Starts looking at resident memory; stop with {@linkcode unwatchMemory}. */
  watchMemory(): void {
    this.#watchesMemory = true;
    if (this.#rssTimer !== null || this.#ending !== null) return;
    this.#rssTimer = setInterval(() => {
      if (!this.#watchesMemory) return this.#stopRssTimer();
      const rssBytes = residentBytes(this.#pid);
      if (rssBytes > this.#maxRssBytes) {
        return this.kill("memory", `${rssBytes} bytes resident, ${this.#maxRssBytes} allowed`);
      }
      const files = this.#countFiles();
      if (files <= TMP_FILES) return;
      this.kill("memory", `${files} files in its directory, ${TMP_FILES} allowed`);
    }, RSS_INTERVAL_MS);
  }

  /** The timer goes on to its next turn: the next call, if soon, then finds it running. */
  unwatchMemory(): void {
    this.#watchesMemory = false;
  }

  #stopRssTimer(): void {
    if (this.#rssTimer !== null) clearInterval(this.#rssTimer);
    this.#rssTimer = null;
  }

  /** Each file costs the kernel 1 KB that no other limit sees, were it empty. */
  #countFiles(): number {
    if (this.#countedDirectory === undefined || this.#innerPid === null) return 0;
    const files = filesIn(this.#innerPid, this.#countedDirectory, { maxBytes: TMP_BYTES });
    // That was a wrapper: the process inside is looked for again, and counted the next time.
    if (files === null) this.locate();
    return files ?? 0;
  }

  /** What the process inside uses now; zeros once it is gone. */
  usage(): SandboxUsage {
    return processUsage(this.#pid) ?? { rssBytes: 0, cpuMs: 0 };
  }

  /** The process inside, as far as the chain to it is complete. */
  get #pid(): number {
    return this.#innerPid ?? innermostPid(this.#child.pid);
  }

  /** To be called once the guest has spoken: only then is the chain of wrappers complete. */
  locate(): void {
    this.#innerPid = innermostPid(this.#child.pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("requested", "disposed");
    await this.exited;
  }

  #write(bytes: Uint8Array<ArrayBuffer>): void {
    this.#unreadBytes += bytes.length;
    if (this.#unreadBytes > UNREAD_LIMIT_BYTES) this.kill("protocol", "it does not read its input");
    this.#stdin.write(bytes).then(
      () => this.#unreadBytes -= bytes.length,
      // A broken pipe means the process has ended, which `exited` tells better than this error.
      () => this.#unreadBytes -= bytes.length,
    );
  }

  async #readFrames(): Promise<void> {
    const reader = this.#child.stdout.getReader({ mode: "byob" });
    // One buffer for all reads: by itself the stream would allocate one for each.
    let buffer = new Uint8Array(READ_BYTES);
    try {
      for (;;) {
        const { value, done } = await reader.read(buffer);
        if (done) break;
        this.#reader.push(value);
        buffer = new Uint8Array(value.buffer);
      }
      this.#reader.end();
    } catch (error) {
      const detail = error instanceof FrameTooLargeError ? error.message : "unreadable output";
      this.kill("protocol", detail);
      // What is still in the pipe is of no interest, and a stream that failed cannot be cancelled.
      await reader.cancel().catch(() => {});
    }
  }

  async #readErrors(listener: ProcessListener): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const bytes of this.#child.stderr) {
        listener.onText("stderr", decoder.decode(bytes, { stream: true }));
      }
    } catch {
      // Whoever listens failed, or the pipe did: either way nobody hears this process any more.
      this.kill("protocol", "unreadable output");
    }
  }

  async #watch(output: Promise<unknown>): Promise<SandboxExit> {
    const status = await this.#child.status;
    clearTimeout(this.#wrapperGrace);
    this.#stopRssTimer();
    const ended = this.#ending !== null;
    this.#ending ??= exitOf(status);
    await awaitBurial(output, { in: "environ", text: `${MARK}=${this.#mark}` });
    await this.#stdin.abort(ended ? undefined : "exited").catch(() => undefined);
    return this.#ending;
  }
}

/** V8 ends its process with a trap when a heap is full, and so do fatal engine errors. */
const V8_FATAL = new Set(["SIGTRAP", "SIGILL", "SIGABRT"]);
const V8_FATAL_CODES = new Set([128 + 5, 128 + 4, 128 + 6]);

function exitOf(status: Deno.CommandStatus): SandboxExit {
  if (V8_FATAL_CODES.has(status.code) || (status.signal !== null && V8_FATAL.has(status.signal))) {
    return { reason: "memory", detail: "the JavaScript heap was full" };
  }
  if (status.signal !== null) return { reason: "crashed", detail: `signal ${status.signal}` };
  // Wrappers report a signal of what they ran as 128 plus its number.
  if (status.code > 128) return { reason: "crashed", detail: `signal ${status.code - 128}` };
  return { reason: "exited", detail: `exit code ${status.code}` };
}
