/** What a short command printed. */
export interface CapturedOutput {
  /** Exit code; -1 when it could not be started. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a short trusted command with an empty environment and returns what it printed. */
export async function captureOutput(
  program: string,
  args: readonly string[],
): Promise<CapturedOutput> {
  try {
    const output = await new Deno.Command(program, {
      args: [...args],
      clearEnv: true,
      env: { HOME: "/nonexistent", LANG: "C.UTF-8", DENO_DIR: "/dev/null/none" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    const decoder = new TextDecoder();
    return {
      code: output.code,
      stdout: decoder.decode(output.stdout),
      stderr: decoder.decode(output.stderr),
    };
  } catch (cause) {
    const stderr = cause instanceof Error ? cause.message : String(cause);
    return { code: -1, stdout: "", stderr };
  }
}
