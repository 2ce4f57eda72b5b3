import { dirname } from "node:path";

/** From here on the log is begun anew, and the one before is kept. */
const MAX_BYTES = 5 * 1024 * 1024;

/** One thing that happened, as a line of JSON. */
export type LogLine = Readonly<Record<string, string | number | boolean | null>>;

/**
 * What a bridge did, in a file that only its user can read: bounded, in order. Holds the file open,
 * since opening it takes longer than a call may; disposing closes it.
 */
export class BridgeLog implements Disposable {
  readonly #path: string;
  readonly #encoder = new TextEncoder();
  #file: Deno.FsFile | undefined;
  #bytes = 0;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Opens a log, and goes on with what is there. */
  static async open(path: string): Promise<BridgeLog> {
    await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const log = new BridgeLog(path);
    log.#bytes = await sizeOf(path);
    return log;
  }

  /** Adds a line, with the time. Written at once: who looks at it may be about to end this. */
  write(line: LogLine): void {
    const text = `${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`;
    if (this.#bytes > MAX_BYTES) {
      this[Symbol.dispose]();
      Deno.renameSync(this.#path, `${this.#path}.1`);
      this.#bytes = 0;
    }
    const file = this.#file ??= Deno.openSync(this.#path, {
      ...{ append: true, create: true, mode: 0o600 },
    });
    let rest = this.#encoder.encode(text);
    this.#bytes += rest.length;
    while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
  }

  /** What is written afterwards opens it again. */
  [Symbol.dispose](): void {
    this.#file?.close();
    this.#file = undefined;
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch {
    // It is not there yet.
    return 0;
  }
}
