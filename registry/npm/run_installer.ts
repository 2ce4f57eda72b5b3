import { artifactFailure } from "./artifact_failure.ts";
import type { NpmLimits } from "./npm_limits.ts";
import { readTail } from "./read_tail.ts";

/** How the installer is run. */
export interface RunInstallerOptions {
  /** Private directory: the project is `project` in it, everything else the installer writes `state`. */
  readonly directory: string;
  readonly registryUrl: string;
  readonly limits: NpmLimits;
  /** Aborting kills the installer. */
  readonly signal: AbortSignal;
}

const STDERR_TAIL_BYTES = 8 * 1024;

/**
 * Runs `deno install` on the project, with nothing of our environment, and waits for its end.
 * Lifecycle scripts are never run: that needs `--allow-scripts`.
 * @throws {AirlockError} `artifact_failed`, step `install`; the signal's reason when aborted.
 */
export async function runInstaller(options: RunInstallerOptions): Promise<void> {
  const { limits, signal } = options;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(tooLong(limits)), limits.installTimeoutMs);
  try {
    const either = AbortSignal.any([signal, late.signal]);
    either.throwIfAborted();
    const child = spawnInstaller(options);
    const kill = () => killGroup(child);
    either.addEventListener("abort", kill, { once: true });
    const [status, output] = await Promise.all([
      child.status,
      readTail(child.stderr, STDERR_TAIL_BYTES),
    ]);
    either.removeEventListener("abort", kill);
    either.throwIfAborted();
    if (!status.success) throw failed(output, { ...options, code: status.code });
  } finally {
    clearTimeout(timer);
  }
}

function spawnInstaller(options: RunInstallerOptions): Deno.ChildProcess {
  const { limits } = options;
  const installer = [Deno.execPath(), ...installArguments(`${options.directory}/project`)];
  const bounds = [
    `--data=${limits.installMemoryBytes}`,
    `--fsize=${limits.packageBytes}`,
    `--cpu=${Math.ceil(limits.installTimeoutMs / 1000)}`,
    "--core=0",
  ];
  try {
    return spawn(["prlimit", ...bounds, ...installer], options);
  } catch (error) {
    // Not Linux, a very small image or not allowed: time limit and the front's own bounds remain.
    const unavailable = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotCapable;
    if (unavailable) return spawn(installer, options);
    throw error;
  }
}

function installArguments(project: string): string[] {
  return [
    "install",
    "--quiet",
    "--node-modules-dir=auto",
    // Age is judged by the front, which knows what was asked for.
    "--min-dep-age=0",
    `--config=${project}/deno.json`,
  ];
}

function spawn(
  [command = "", ...args]: readonly string[],
  { directory, registryUrl }: RunInstallerOptions,
): Deno.ChildProcess {
  return new Deno.Command(command, {
    args,
    cwd: `${directory}/project`,
    clearEnv: true,
    env: {
      HOME: `${directory}/state`,
      DENO_DIR: `${directory}/state/deno`,
      TMPDIR: `${directory}/state`,
      NPM_CONFIG_REGISTRY: registryUrl,
      // Whatever is not the front leads nowhere: port 9 on loopback answers no one.
      HTTP_PROXY: "http://127.0.0.1:9",
      HTTPS_PROXY: "http://127.0.0.1:9",
      NO_PROXY: "127.0.0.1",
      DENO_NO_UPDATE_CHECK: "1",
      DENO_NO_PROMPT: "1",
      NO_COLOR: "1",
    },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    // A process group of its own, so that whatever it might start dies with it.
    detached: true,
  }).spawn();
}

function killGroup(child: Deno.ChildProcess): void {
  try {
    Deno.kill(-child.pid, "SIGKILL");
  } catch {
    // No such group: it ended by itself a moment ago, or this system has no groups.
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended already, which is all that was wanted.
    }
  }
}

function tooLong(limits: NpmLimits): Error {
  return artifactFailure("install", "install dependencies: it takes too long", {
    suggestion: "Try again; a second attempt reuses what was downloaded.",
    details: { limitMs: limits.installTimeoutMs },
    retryable: true,
  });
}

function failed(
  output: string,
  { directory, registryUrl, code }: RunInstallerOptions & { code: number },
): Error {
  const text = output
    .replaceAll(registryUrl, "registry:/")
    .replaceAll(`file://${directory}`, "")
    .replaceAll(directory, "")
    // deno-lint-ignore no-control-regex -- terminal colours
    .replace(/\x1b\[[0-9;]*m/g, "")
    .replace(/\n+Stack backtrace:[\s\S]*/, "")
    .trim();
  const firstLine = text.split("\n").find((line) => /[a-z]/i.test(line))?.replace(/^error:\s*/, "");
  return artifactFailure(
    "install",
    `install dependencies: ${firstLine ?? "the installer failed"}`,
    {
      suggestion: "Check that every dependency of the package can be had from its registry.",
      details: { exitCode: code, output: text.slice(-2000) },
    },
  );
}
