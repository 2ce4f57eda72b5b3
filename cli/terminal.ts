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
    while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
  };
  return {
    stdoutIsTerminal,
    stderrIsTerminal,
    outColors: stdoutIsTerminal && colorful,
    errColors: stderrIsTerminal && colorful,
    out: (text) => write(Deno.stdout, text),
    err: (text) => write(Deno.stderr, text),
    readStdin: () => new Response(Deno.stdin.readable).text(),
  };
}
