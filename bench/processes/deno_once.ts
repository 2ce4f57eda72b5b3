import { fileURLToPath } from "node:url";

const FLAGS = ["run", "--no-config", "--no-lock", "--no-code-cache", "--quiet"];

/** Milliseconds that `deno run` of an empty file takes, from start to exit. */
export async function bareDenoMs(): Promise<number> {
  const empty = fileURLToPath(new URL("../servers/empty.ts", import.meta.url));
  const startedMs = performance.now();
  await runDeno([...FLAGS, empty]);
  return performance.now() - startedMs;
}

/**
 * Milliseconds that evaluating `module` takes in a fresh process without caches: sandboxes have none
 * either, since what one tool could write there another would run.
 */
export async function evaluationMs(module: string): Promise<number> {
  const program = fileURLToPath(new URL("../servers/evaluate_module.ts", import.meta.url));
  const args = [...FLAGS, `--allow-read=${module}`, program, `file://${module}`];
  return Number(await runDeno(args, { DENO_DIR: "/dev/null/none" }));
}

async function runDeno(args: readonly string[], env?: Record<string, string>): Promise<string> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    env,
    stdout: "piped",
    stderr: "null",
  }).output();
  if (code !== 0) throw new Error(`run deno: it ended with ${code}`);
  return new TextDecoder().decode(stdout);
}
