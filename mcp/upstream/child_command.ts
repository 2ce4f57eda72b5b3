/** A command as it is started, and whether it is watched. */
export interface ChildCommand {
  readonly program: string;
  readonly args: readonly string[];
}

/** Most memory that one process of a child may write to: `RLIMIT_DATA`, in KiB. */
const DATA_KIB = 4 * 1024 * 1024;

/** Seconds between two looks at whether the gateway is still there. */
const LOOK_SECONDS = 1;

/**
 * Becomes the command itself, and leaves a watcher in its process group that ends the whole group when
 * the command has ended or has another parent than the gateway: then that was killed and could not do it.
 * `$1` is the gateway; the rest is the command.
 */
const SCRIPT = [
  `ulimit -d ${DATA_KIB} 2>/dev/null`,
  "gateway=$1; shift; own=$$",
  "( trap '' INT TERM HUP",
  `while grep -q "^PPid:[[:space:]]*$gateway\\$" "/proc/$own/status" 2>/dev/null`,
  `do sleep ${LOOK_SECONDS}; done`,
  'kill -9 -"$own" ) </dev/null >/dev/null 2>&1 &',
  'exec "$@"',
].join("\n");

/** Wraps a command of the operator's so that nothing of it outlives the gateway, where the system tells. */
export function childCommand(
  command: readonly string[],
  { gatewayPid }: { readonly gatewayPid: number },
): ChildCommand {
  const [program = "", ...args] = command;
  if (!hasProc()) return { program, args };
  return { program: "/bin/sh", args: ["-c", SCRIPT, "sh", String(gatewayPid), program, ...args] };
}

function hasProc(): boolean {
  try {
    return Deno.statSync("/proc/self/status").isFile;
  } catch {
    return false; // Not Linux: a child ends with its stdin, and with its connection.
  }
}
