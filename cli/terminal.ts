import { EXIT } from "./exit_codes.ts";
import { ExitWith } from "./exit_with.ts";
import { terminalKeys } from "./terminal_keys.ts";

const DEFAULT_COLUMNS = 80;

/** Where commands write, and what it can show. */
export interface Terminal {
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Whether colour codes may be written to stdout. */
  readonly outColors: boolean;
  /** Whether colour codes may be written to stderr. */
  readonly errColors: boolean;
  out(text: string): void;
  err(text: string): void;
  /** Whether keys can be asked for, and what they are asked about be seen. */
  readonly isInteractive: boolean;
  /** How wide stdout is; a guess where nobody says. */
  columns(): number;
  /** Calls `listener` with each key that is pressed, until disposed. */
  onKey(listener: (key: string) => void): Disposable;
  /** Standard input to its end. */
  readStdin(): Promise<string>;
}

/** The process's own terminal. `noColor` is the value of `NO_COLOR`. */
export function createTerminal(noColor: string | undefined): Terminal {
  const encoder = new TextEncoder();
  const stdoutIsTerminal = Deno.stdout.isTerminal();
  const stderrIsTerminal = Deno.stderr.isTerminal();
  const colorful = noColor === undefined || noColor === "";
  const write = (stream: typeof Deno.stdout | typeof Deno.stderr, text: string) => {
    let rest = encoder.encode(text);
    try {
      while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      // Whoever read has seen enough, as `head` has: there is nothing left to do.
      if (stream === Deno.stdout) throw new ExitWith(EXIT.ok);
    }
  };
  return {
    stdoutIsTerminal,
    stderrIsTerminal,
    isInteractive: stdoutIsTerminal && Deno.stdin.isTerminal(),
    columns: () => (stdoutIsTerminal && Deno.consoleSize().columns) || DEFAULT_COLUMNS,
    onKey: terminalKeys,
    outColors: stdoutIsTerminal && colorful,
    errColors: stderrIsTerminal && colorful,
    out: (text) => write(Deno.stdout, text),
    err: (text) => write(Deno.stderr, text),
    readStdin: () => new Response(Deno.stdin.readable).text(),
  };
}
