import { type ProcessNode, processTree } from "../processes/process_memory.ts";

/** How {@linkcode runCommand} runs a program. */
export interface CommandOptions {
  readonly args: readonly string[];
  readonly cwd?: string;
  /** After that it is killed, with all that it started. */
  readonly timeoutMs: number;
}

/** Characters of an error's text that a row of the report has room for. */
const REASON_CHARS = 160;

/**
 * What a program printed.
 * @throws {Error} in words for a row of the report, when it is not there, fails or takes too long.
 */
export async function runCommand(program: string, options: CommandOptions): Promise<string> {
  const { timeoutMs } = options;
  const action = `run ${program.split("/").at(-1)}`;
  const child = spawn(program, { ...options, action });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    killTree(processTree(child.pid));
  }, timeoutMs);
  const { success, stdout, stderr } = await child.output();
  clearTimeout(timer);
  if (late) throw new Error(`${action}: not done after ${timeoutMs / 1_000} s`);
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${action}: ${reasonIn(decoder.decode(stderr))}`);
  return decoder.decode(stdout);
}

function spawn(
  program: string,
  { args, cwd, action }: CommandOptions & { readonly action: string },
): Deno.ChildProcess {
  try {
    const piped = { stdin: "null", stdout: "piped", stderr: "piped" } as const;
    return new Deno.Command(program, { args: [...args], cwd, ...piped }).spawn();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Error(`${action}: it is not here`, { cause });
  }
}

function killTree({ pid, children }: ProcessNode): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself meanwhile.
  }
  children.forEach(killTree);
}

/** The first line of `stderr` that speaks of an error itself, not of where it is written down. */
function reasonIn(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const telling = lines.find((line) => /\b(error|cannot|failed)\b.*\s\S/i.test(line));
  return (telling ?? lines.at(-1) ?? "it failed and says nothing").slice(0, REASON_CHARS);
}
