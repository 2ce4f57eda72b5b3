import type { StartedAgain } from "./cli_deps.ts";

/** How this program is started where it is not compiled, and with which variables beside its own. */
export interface StartAgainOptions {
  readonly main?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts this program again, in a session of its own: what ends this terminal does not end it. */
export function startAgain(
  args: readonly string[],
  { main = Deno.mainModule, env = {} }: StartAgainOptions = {},
): StartedAgain {
  const program = Deno.build.standalone ? [] : ["run", "--quiet", "-A", main];
  const child = new Deno.Command(Deno.execPath(), {
    args: [...program, ...args],
    ...{ stdin: "null", stdout: "null", stderr: "null", detached: true, env: { ...env } },
  }).spawn();
  child.unref();
  return { pid: child.pid, ended: child.status };
}
