import { fileURLToPath } from "node:url";
import type { BuiltArtifact } from "../../../spec/artifact.ts";
import { AirlockError } from "../../../spec/errors.ts";
import { buildError } from "./build_error.ts";
import type { BuildReply, PackageRequest } from "./package_request.ts";
import { readLines } from "./read_lines.ts";
import { residentBytes } from "./resident_bytes.ts";

/** How a build process is started. */
export interface WorkerOptions {
  /** V8 heap. */
  readonly heapMib: number;
  /** The whole environment of the process; its own parent's where absent. */
  readonly env: Readonly<Record<string, string>> | undefined;
}

/** One build process. Owned by a bundler, which kills it by disposing of it. */
export class BuildWorker implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #replies: AsyncGenerator<string>;

  readonly #stderr: Promise<string>;

  constructor(options: WorkerOptions) {
    const root = new URL("../../../", import.meta.url);
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--no-prompt",
        "--frozen",
        `--config=${fileURLToPath(new URL("deno.json", root))}`,
        `--v8-flags=--max-old-space-size=${options.heapMib}`,
        "--allow-read",
        "--allow-write",
        "--allow-run",
        "--allow-env",
        "--deny-net",
        "--deny-ffi",
        fileURLToPath(new URL("./build_process.ts", import.meta.url)),
      ],
      // Go's own soft bound: esbuild collects harder instead of growing.
      env: { ...options.env, GOMEMLIMIT: "1GiB", NO_COLOR: "1" },
      clearEnv: options.env !== undefined,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      // Ctrl-C in a terminal goes to the gateway's process group; what it means is for it to say.
      detached: true,
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#replies = readLines(this.#child.stdout);
    this.#stderr = readTail(this.#child.stderr);
  }

  /** Process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /**
   * Runs one build; one at a time. After any rejection that is not the package's fault the worker
   * is dead.
   * @throws {AirlockError} `artifact_failed` at stage `build`.
   */
  async run(
    request: PackageRequest,
    progress: ((line: string) => void) | undefined,
  ): Promise<BuiltArtifact> {
    const limit = request.limits.memoryBytes;
    let tooMuch = false;
    const watch = setInterval(() => {
      if (residentBytes(this.pid) <= limit) return;
      tooMuch = true;
      this.#kill();
    }, 100);
    try {
      return await this.#exchange(request, progress);
    } catch (error) {
      throw tooMuch ? outOfMemory(limit) : error;
    } finally {
      clearInterval(watch);
    }
  }

  async #exchange(
    request: PackageRequest,
    progress: ((line: string) => void) | undefined,
  ): Promise<BuiltArtifact> {
    try {
      await this.#input.write(new TextEncoder().encode(JSON.stringify(request) + "\n"));
    } catch (cause) {
      throw died(cause);
    }
    for (;;) {
      const { value, done } = await this.#replies.next();
      if (done) throw died(await this.#stderr);
      const reply: BuildReply = JSON.parse(value);
      if (reply.type === "progress") progress?.(reply.line);
      else if (reply.type === "built") return reply.built;
      else if (reply.type === "failed") {
        throw new AirlockError(reply.code, reply.message, reply.options);
      }
    }
  }

  /** Kills the process and waits for it; esbuild ends when its pipe does. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#kill();
    await Promise.all([
      this.#input.abort().catch(() => {
        // A pipe whose reader is dead has nothing to lose.
      }),
      this.#child.status,
      this.#stderr,
      this.#drain(),
    ]);
  }

  #kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      // Already gone: then there is nothing left to kill.
      if (!(error instanceof TypeError)) throw error;
    }
  }

  async #drain(): Promise<void> {
    try {
      while (!(await this.#replies.next()).done);
    } catch {
      // What a killed process left half-written is of no use.
    }
  }
}

async function readTail(stream: ReadableStream<Uint8Array>): Promise<string> {
  let tail = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    tail = (tail + text).slice(-2048);
  }
  return tail;
}

function outOfMemory(limit: number): AirlockError {
  return buildError("memory", `the build used more than ${limit} bytes of memory`, {
    suggestion: "Use a smaller package",
    details: { limit },
  });
}

function died(cause: unknown): AirlockError {
  return buildError("process_died", "the build process ended before it answered", {
    suggestion: "The package may need more memory to build than is allowed",
    cause,
  });
}
