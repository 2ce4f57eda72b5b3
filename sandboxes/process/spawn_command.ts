import { basename, dirname } from "node:path";
import { splitPattern } from "../../spec/permissions.ts";
import type { SandboxNeed } from "../../spec/sandbox.ts";
import type { ShownPath } from "./hide_paths.ts";
import { BWRAP_BASE, type IsolationTools, readOnlyBinds } from "./isolation.ts";
import { deniedRanges } from "./denied_ranges.ts";

/** Bytes that a tool may write to its private directory. */
export const TMP_BYTES = 64 * 1024 * 1024;

/** Files that a tool may have in it at a time. */
export const TMP_FILES = 16 * 1024;

/**
 * Data segment of an idle Deno process as RLIMIT_DATA counts it: mostly V8's reserved code range.
 * What a sandbox may use comes on top.
 */
const DENO_DATA_BYTES = 560 * 1024 * 1024;

/** Files that a sandbox process may have open. */
const OPEN_FILES = 256;

/** A command line ready to be spawned, and where things are for the process inside. */
export interface SpawnCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** The whole environment. Holds nothing of the gateway's and nothing of the caller's. */
  readonly env: Readonly<Record<string, string>>;
  /** Directory with the tool's code as the guest sees it. */
  readonly guestCodeDirectory: string;
  /** A private file system as the guest sees it, whose files are to be counted from outside. */
  readonly countedDirectory?: string;
  /** Directories of the host that the guest sees by their own names. */
  readonly paths: readonly ShownPath[];
}

/** What {@linkcode spawnCommand} builds a command line from. */
export interface SpawnCommandOptions {
  readonly tools: IsolationTools;
  readonly denoPath: string;
  /** Absolute path of the trusted program that the process runs; its directory holds all its parts. */
  readonly guestFile: string;
  /** Host directory whose files the guest may read, and nothing else. */
  readonly codeDirectory: string;
  /** Host directory for `fs: "tmp"`, used only where there is no bubblewrap. */
  readonly tmpDirectory: string;
  readonly need: SandboxNeed;
  /** Flags for V8 that a kind of guest needs beside those of all. */
  readonly engineFlags?: readonly string[];
  /** Compiled code of the guest; used only in a bubblewrap, where nothing can be written to it. */
  readonly codeCache?: CodeCacheUse;
}

/** A directory for compiled code, and what the process does with it. */
export interface CodeCacheUse {
  /** Host directory. */
  readonly directory: string;
  /** `fill`: writes to it, so no tool may ever be loaded by that process. */
  readonly to: "read" | "fill";
}

/**
 * The command line of a locked-down Deno process: no prompt, no configuration, no lock, no npm, no
 * remote code, a cleared environment, a cache directory that cannot exist, and only the permissions
 * in `need`; inside resource limits and a bubblewrap where the machine has them.
 *
 * `DENO_DIR` lies below a device file on purpose: local storage and caches, which Deno would keep
 * there without asking for permission, then have no place to go. Where it holds compiled code, it is
 * mounted read-only.
 */
export function spawnCommand(options: SpawnCommandOptions): SpawnCommand {
  const { tools, need } = options;
  const boxed = tools.bwrap !== null;
  const cached = boxed && options.codeCache !== undefined;
  const guestFile = boxed ? `/airlock/guest/${basename(options.guestFile)}` : options.guestFile;
  const codeDirectory = boxed ? "/tool" : options.codeDirectory;
  const tmpDirectory = boxed ? "/tmp" : options.tmpDirectory;
  const deno = [
    ...[boxed ? "/airlock/deno" : options.denoPath, "run", "--quiet"],
    ...["--no-prompt", "--no-config", "--no-lock", "--no-remote", "--cached-only"],
    ...["--deny-import", ...(cached ? [] : ["--no-code-cache"])],
    // Packages of a tree find one another through its node_modules, which --no-npm would forbid;
    // `npm:` specifiers stay refused, since nothing is cached and nothing may be fetched.
    need.tree === undefined ? "--no-npm" : "--node-modules-dir=manual",
    ...permissionFlags(need, { codeDirectory, tmpDirectory }),
    `--v8-flags=${[...engineFlags(need), ...options.engineFlags ?? []].join(",")}`,
    guestFile,
  ];
  const command = [
    ...(tools.setpriv === null ? [] : [tools.setpriv, "--pdeathsig", "KILL"]),
    ...(tools.prlimit === null ? [] : [tools.prlimit, ...resourceLimits(need)]),
    ...(tools.bwrap === null ? [] : [tools.bwrap, ...bubblewrap(options)]),
    ...deno,
  ];
  return {
    program: command[0]!,
    args: command.slice(1),
    env: {
      DENO_DIR: cached ? CACHE_INSIDE : "/dev/null/none",
      HOME: "/nonexistent",
      TMPDIR: tmpDirectory,
      LANG: "C.UTF-8",
      TZ: "UTC",
      NO_COLOR: "1",
      DENO_NO_UPDATE_CHECK: "1",
    },
    guestCodeDirectory: codeDirectory,
    countedDirectory: boxed && need.permissions.fs === "tmp" ? tmpDirectory : undefined,
    paths: boxed ? [] : [
      [options.codeDirectory, "/tool"],
      [dirname(options.guestFile), "/airlock/guest"],
      [options.tmpDirectory, "/tmp"],
    ],
  };
}

function permissionFlags(
  need: SandboxNeed,
  at: { codeDirectory: string; tmpDirectory: string },
): string[] {
  const tmp = need.permissions.fs === "tmp";
  const flags = [
    `--allow-read=${tmp ? `${at.codeDirectory},${at.tmpDirectory}` : at.codeDirectory}`,
  ];
  if (tmp) flags.push(`--allow-write=${at.tmpDirectory}`);
  if (need.permissions.netDirect.length > 0) {
    flags.push(`--allow-net=${need.permissions.netDirect.join(",")}`);
    flags.push(`--deny-net=${deniedRanges(need.permissions.netDirect.map(hostOf)).join(",")}`);
  }
  return flags;
}

/**
 * A small nursery: by itself V8 lets garbage grow to 96 MB there before it looks, which doubles the
 * memory of a busy sandbox, looks like a leak from outside, and is no faster.
 */
function engineFlags(need: SandboxNeed): string[] {
  const heapMegabytes = Math.ceil(need.limits.memoryBytes / 2 ** 20);
  return [
    `--max-old-space-size=${heapMegabytes}`,
    "--max-semi-space-size=4",
    // Sharing so small a nursery among threads costs more than it saves: 15 % of a short call.
    "--no-parallel-scavenge",
  ];
}

function hostOf(pair: string): string {
  return splitPattern(pair).host;
}

function resourceLimits(need: SandboxNeed): string[] {
  return [
    `--data=${DENO_DATA_BYTES + need.limits.memoryBytes}`,
    `--nofile=${OPEN_FILES}`,
    // Above what the directory holds: a full one is an error that tools can handle, while the kernel
    // ends a process that passes this limit.
    `--fsize=${4 * TMP_BYTES}`,
    "--core=0",
  ];
}

function bubblewrap(options: SpawnCommandOptions): string[] {
  const direct = options.need.permissions.netDirect.length > 0;
  return [
    ...BWRAP_BASE,
    ...(direct ? ["--share-net", ...RESOLVER_FILES.flatMap(tryBind)] : []),
    ...readOnlyBinds(options.tools.libraries),
    ...["--ro-bind", options.denoPath, "/airlock/deno"],
    ...["--ro-bind", dirname(options.guestFile), "/airlock/guest"],
    ...cacheBind(options.codeCache),
    ...["--ro-bind", options.codeDirectory, "/tool"],
    ...["--size", String(TMP_BYTES), "--tmpfs", "/tmp"],
    ...["--chdir", "/tmp"],
  ];
}

/** Where compiled code lies for the process inside. */
const CACHE_INSIDE = "/airlock/cache";

function cacheBind(cache: CodeCacheUse | undefined): string[] {
  if (cache === undefined) return [];
  return [cache.to === "read" ? "--ro-bind" : "--bind", cache.directory, CACHE_INSIDE];
}

/** What name resolution reads; only shown to processes that may open sockets. */
const RESOLVER_FILES = ["/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf"];

function tryBind(file: string): string[] {
  return ["--ro-bind-try", file, file];
}
