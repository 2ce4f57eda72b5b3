import { runStep, type Step, type StepResult } from "./run_step.ts";

/** What `deno task ok` runs, cheapest first. */
export const STEPS: readonly Step[] = [
  { name: "format", args: ["fmt", "--check"] },
  { name: "lint", args: ["lint"] },
  { name: "types", args: ["check", "--frozen", "."] },
  { name: "layers", args: ["run", "--frozen", "-A", "tools/check_layers.ts"] },
  { name: "style", args: ["run", "--frozen", "-A", "tools/check_style.ts"] },
  { name: "tests", args: ["test", "--frozen", "-A", "--parallel"] },
];

/** How the gate is run. */
export interface OkOptions {
  readonly cwd: string;
  readonly steps: readonly Step[];
  readonly print: (line: string) => void;
}

/** Runs every step, also after one failed, and sums up. @returns The exit code. */
export async function runSteps({ cwd, steps, print }: OkOptions): Promise<number> {
  const results: StepResult[] = [];
  for (const step of steps) {
    const result = await runStep(step, cwd);
    results.push(result);
    if (!result.passed) print(result.output);
    print(summarise(result));
  }
  const failed = results.filter(({ passed }) => !passed).map(({ name }) => name);
  print(failed.length === 0 ? "ok" : `not ok: ${failed.join(", ")}`);
  return failed.length === 0 ? 0 : 1;
}

function summarise({ name, passed, durationMs }: StepResult): string {
  return `${passed ? "ok    " : "FAILED"} ${name.padEnd(8)} ${(durationMs / 1000).toFixed(1)} s`;
}

if (import.meta.main) {
  const isFast = Deno.args.includes("--fast");
  // deno-lint-ignore no-console -- a check speaks to the terminal
  const print = (line: string) => console.log(line);
  const steps = STEPS.filter(({ name }) => !isFast || name !== "tests");
  Deno.exit(await runSteps({ cwd: Deno.cwd(), steps, print }));
}
