import type { IsolationLevel } from "../../spec/sandbox.ts";
import { ISOLATION_LEVELS } from "../../spec/sandbox.ts";
import { captureOutput } from "./capture_output.ts";

/** Programs that make a sandbox stronger; `null` where absent or unusable here. */
export interface IsolationTools {
  /** Absolute path of bubblewrap: a file system, a process table and a network of its own. */
  readonly bwrap: string | null;
  /** Absolute path of util-linux `prlimit`: bounds on data, files and core dumps. */
  readonly prlimit: string | null;
  /** Absolute path of util-linux `setpriv`: the kernel kills the sandbox when its gateway dies. */
  readonly setpriv: string | null;
  /** Files that the Deno executable needs to start, for a file system of its own. */
  readonly libraries: readonly string[];
}

/** What was found out about one program. */
export interface IsolationFinding {
  readonly tool: "bubblewrap" | "prlimit" | "setpriv";
  readonly ok: boolean;
  readonly state: string;
  /** What the operator can do about it. */
  readonly suggestion?: string;
}

/** How strongly this machine can hold sandboxes: tried, not assumed. */
export interface IsolationReport {
  readonly level: IsolationLevel;
  readonly tools: IsolationTools;
  readonly findings: readonly IsolationFinding[];
}

/** Options of {@linkcode probeIsolation}. */
export interface ProbeIsolationOptions {
  /** Absolute path of the Deno executable that sandboxes run. */
  readonly denoPath: string;
  /** Directories in which to look for programs. */
  readonly searchPath: readonly string[];
  /** Never report more than this level; for tests and for machines where a tool misbehaves. */
  readonly atMost?: IsolationLevel;
}

/**
 * Finds out which programs work here by running each once around a trivial command. Takes about
 * 20 ms. A program that is present but fails (user namespaces switched off, say) counts as absent,
 * and its finding says why.
 */
export async function probeIsolation(options: ProbeIsolationOptions): Promise<IsolationReport> {
  const most = ISOLATION_LEVELS.indexOf(options.atMost ?? "bubblewrap");
  const find = (program: string) => findProgram(program, options.searchPath);
  const [bwrap, prlimit, setpriv] = [find("bwrap"), find("prlimit"), find("setpriv")];
  const libraries = await sharedLibraries(options.denoPath, options.searchPath);
  const findings = await Promise.all([
    tryTool("prlimit", prlimit, ["--core=0", options.denoPath, "--version"]),
    tryTool("setpriv", setpriv, ["--pdeathsig", "KILL", options.denoPath, "--version"]),
    tryTool("bubblewrap", bwrap, [
      ...BWRAP_BASE,
      ...readOnlyBinds(libraries),
      ...["--ro-bind", options.denoPath, "/airlock/deno", "/airlock/deno", "--version"],
    ]),
  ]);
  const works = (tool: IsolationFinding["tool"]) =>
    findings.some((finding) => finding.tool === tool && finding.ok);
  const useRlimits = works("prlimit") && most >= 1;
  const useBubblewrap = works("bubblewrap") && useRlimits && most >= 2;
  return {
    level: useBubblewrap ? "bubblewrap" : useRlimits ? "rlimits" : "permissions",
    tools: {
      bwrap: useBubblewrap ? bwrap : null,
      prlimit: useRlimits ? prlimit : null,
      setpriv: works("setpriv") ? setpriv : null,
      libraries,
    },
    findings,
  };
}

/** What every bubblewrapped process is started with: nothing shared, nothing writable. */
export const BWRAP_BASE: readonly string[] = [
  "--unshare-all",
  "--die-with-parent",
  "--new-session",
  ...["--cap-drop", "ALL"],
  ...["--proc", "/proc"],
  ...["--dev", "/dev"],
];

/** `--ro-bind` arguments that show each file at its own path. */
export function readOnlyBinds(files: readonly string[]): string[] {
  return files.flatMap((file) => ["--ro-bind", file, file]);
}

async function tryTool(
  tool: IsolationFinding["tool"],
  path: string | null,
  args: readonly string[],
): Promise<IsolationFinding> {
  if (path === null) return { tool, ok: false, state: "not installed", suggestion: INSTALL[tool] };
  const trial = await captureOutput(path, args);
  if (trial.code === 0) return { tool, ok: true, state: `works (${path})` };
  const why = trial.stderr.trim().split("\n", 1)[0] ?? "";
  return {
    tool,
    ok: false,
    state: `present but fails here: ${why || `exit code ${trial.code}`}`,
    suggestion: tool === "bubblewrap"
      ? "Allow unprivileged user namespaces, or in a container add --security-opt seccomp=unconfined"
      : INSTALL[tool],
  };
}

const INSTALL = {
  bubblewrap: "Install the package bubblewrap (Debian, Fedora, Alpine: bubblewrap)",
  prlimit: "Install the package util-linux",
  setpriv: "Install the package util-linux (Alpine: setpriv)",
} as const;

function findProgram(program: string, searchPath: readonly string[]): string | null {
  for (const directory of searchPath) {
    const path = `${directory}/${program}`;
    try {
      if (Deno.statSync(path).isFile) return path;
    } catch {
      // Not in this directory: the next one may have it.
    }
  }
  return null;
}

/** Shared libraries of an executable as the dynamic loader resolves them. */
async function sharedLibraries(
  executable: string,
  searchPath: readonly string[],
): Promise<readonly string[]> {
  const ldd = findProgram("ldd", searchPath);
  if (ldd === null) return FALLBACK_LIBRARIES.filter(exists);
  const { code, stdout } = await captureOutput(ldd, [executable]);
  if (code !== 0) return FALLBACK_LIBRARIES.filter(exists);
  const files = new Set<string>();
  for (const line of stdout.split("\n")) {
    const path = /(?:=>\s*)?(\/\S+)\s+\(0x/.exec(line)?.[1];
    if (path !== undefined) files.add(path);
  }
  return [...files].sort();
}

/** Whole directories, where the loader cannot be asked (musl has no `ldd` for glibc programs). */
const FALLBACK_LIBRARIES = ["/lib", "/lib64", "/usr/lib", "/usr/lib64"];

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false; // Absent on this system: not an error, only not to be bound.
  }
}
