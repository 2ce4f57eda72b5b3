import type { CallScope } from "./guest_call_scope.ts";
import { PluginError } from "./guest_plugin_error.ts";

/** What a program reads and writes through its descriptors 0, 1 and 2 in one call. */
export class StandardStreams {
  readonly #input: Uint8Array;
  readonly #scope: CallScope;
  /** Whether standard output is the call's result, not a log. */
  readonly #isCommand: boolean;
  readonly #output: Uint8Array[] = [];
  readonly #lines: Readonly<Record<"stdout" | "stderr", LineBuffer>>;
  #read = 0;
  #outputBytes = 0;

  constructor(
    input: Uint8Array,
    { scope, isCommand }: { readonly scope: CallScope; readonly isCommand: boolean },
  ) {
    this.#input = input;
    this.#scope = scope;
    this.#isCommand = isCommand;
    // `stdout` and `stderr` as levels are the gateway's words for what comes outside of frames.
    this.#lines = {
      stdout: new LineBuffer((line) => scope.log("info", line)),
      stderr: new LineBuffer((line) => scope.log("warn", line)),
    };
  }

  /** Fills `targets` in order. @returns How many bytes that were: 0 at the end. */
  read(targets: readonly Uint8Array[]): number {
    const before = this.#read;
    // A plain command reads its input; an Extism plug-in gets it from the kernel.
    if (!this.#isCommand) return 0;
    for (const target of targets) {
      const piece = this.#input.subarray(this.#read, this.#read + target.length);
      target.set(piece);
      this.#read += piece.length;
    }
    return this.#read - before;
  }

  /** Takes `sources` in order. @throws {PluginError} `PluginLimit` for more than may be put out. */
  write(fd: 1 | 2, sources: readonly Uint8Array[]): number {
    let length = 0;
    for (const source of sources) {
      length += source.length;
      if (fd === 2) this.#lines.stderr.push(source);
      else if (this.#isCommand) this.#put(source);
      else this.#lines.stdout.push(source);
    }
    return length;
  }

  /** Logs what did not end in a line feed. @returns What a command put out. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#lines.stdout.flush();
    this.#lines.stderr.flush();
    const whole = new Uint8Array(this.#outputBytes);
    let at = 0;
    for (const piece of this.#output) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }

  #put(source: Uint8Array): void {
    this.#outputBytes += source.length;
    // Text becomes JSON, which is never shorter: what is more now cannot fit later.
    if (this.#outputBytes > this.#scope.outputBytes) {
      throw new PluginError("PluginLimit", OUTPUT_TOO_LARGE);
    }
    this.#output.push(source.slice());
  }
}

/** Message of the limit on what a command puts out. */
export const OUTPUT_TOO_LARGE = "Writing output: more than the call may put out";

/** Longest line kept together. */
const MAX_LINE_CHARACTERS = 16 * 1024;

class LineBuffer {
  readonly #emit: (line: string) => void;
  readonly #decoder = new TextDecoder();
  #rest = "";

  constructor(emit: (line: string) => void) {
    this.#emit = emit;
  }

  push(bytes: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#emit(line);
    if (this.#rest.length > MAX_LINE_CHARACTERS) this.flush();
  }

  flush(): void {
    if (this.#rest !== "") this.#emit(this.#rest);
    this.#rest = "";
  }
}
