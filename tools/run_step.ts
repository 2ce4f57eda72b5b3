/** One step of the gate. */
export interface Step {
  readonly name: string;
  /** Arguments of `deno`. */
  readonly args: readonly string[];
}

/** How a step went. */
export interface StepResult {
  readonly name: string;
  readonly passed: boolean;
  readonly durationMs: number;
  /** Both streams, together. */
  readonly output: string;
}

/** Runs a step in the directory `cwd` and keeps what it says. */
export async function runStep({ name, args }: Step, cwd: string): Promise<StepResult> {
  const startMs = performance.now();
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  const output = [decoder.decode(stdout), decoder.decode(stderr)].map((text) => text.trimEnd());
  return {
    name,
    passed: success,
    durationMs: performance.now() - startMs,
    output: output.filter((text) => text !== "").join("\n"),
  };
}
