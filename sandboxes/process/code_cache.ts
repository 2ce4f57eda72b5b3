import type { CodeCacheUse } from "./spawn_command.ts";

/** What a {@linkcode CodeCache} is made with. */
export interface CodeCacheOptions {
  /** A directory of its own; made when it is needed. */
  readonly directory: string;
  /** Starts the guest program, which is ready when this resolves; disposing ends it. */
  readonly start: (use: CodeCacheUse) => Promise<AsyncDisposable>;
  /** How long after it was first asked for the cache is made. */
  readonly delayMs?: number;
}

/** By then what was started first has begun, and does not have to share its core. */
const DELAY_MS = 1_000;

/**
 * One run fills the cache; what it wrote, the next one brings into a form that can be read where
 * nothing can be written. Seen with Deno 2.9.6: after one run, readers are as slow as without.
 */
const RUNS = 2;

/** How often a fresh cache is looked at, and how often it must be the same to be complete. */
const LOOK_MS = 100;
const STEADY_LOOKS = 3;
/** Looks after which it is taken as it is: what is missing in it is compiled as before. */
const MOST_LOOKS = 50;

/**
 * Compiled code of a guest program, which spares each of its processes half of what starting costs.
 * It is made once, by a process that never loads a tool, and only read from then on: what a process
 * that runs tools could write there, others would run. Disposing stops its making.
 */
export class CodeCache implements AsyncDisposable {
  readonly #options: CodeCacheOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #making: Promise<void> | null = null;
  #isMade = false;
  #closed = false;

  constructor(options: CodeCacheOptions) {
    this.#options = options;
  }

  /** What a process that starts now can use; asking for the first time has it made. */
  get use(): CodeCacheUse | undefined {
    if (this.#isMade) return { directory: this.#options.directory, to: "read" };
    if (this.#making === null && this.#timer === undefined && !this.#closed) {
      this.#timer = setTimeout(
        () => this.#making = this.#make(),
        this.#options.delayMs ?? DELAY_MS,
      );
      Deno.unrefTimer(this.#timer);
    }
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#making;
  }

  async #make(): Promise<void> {
    const { directory, start } = this.#options;
    try {
      await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
      for (let run = 0; run < RUNS && !this.#closed; run++) {
        await using _process = await start({ directory, to: "fill" });
        await this.#untilSteady();
      }
      this.#isMade = !this.#closed;
    } catch {
      // Without it everything works, only slower; a machine that starts no process says so elsewhere.
    }
  }

  /** The engine writes behind its own back, and does not say when it has done so. */
  async #untilSteady(): Promise<void> {
    let steady = 0;
    let sizeBytes = 0;
    for (let look = 0; look < MOST_LOOKS && steady < STEADY_LOOKS && !this.#closed; look++) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      const nowBytes = sizeOf(this.#options.directory);
      steady = nowBytes === sizeBytes && nowBytes > 0 ? steady + 1 : 0;
      sizeBytes = nowBytes;
    }
  }
}

function sizeOf(directory: string): number {
  let bytes = 0;
  for (const { name, isFile } of Deno.readDirSync(directory)) {
    if (isFile) bytes += Deno.statSync(`${directory}/${name}`).size;
  }
  return bytes;
}
