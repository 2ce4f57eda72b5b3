import { join, relative } from "node:path";

/** Longest path of a socket: `sun_path` of Linux without its end (unix(7)). */
const MAX_PATH_BYTES = 107;

/**
 * Where whoever has PGlite's directory lets other processes in; `undefined` where the system knows no
 * path that long.
 */
export function guestSocketPath(directory: string): string | undefined {
  const path = join(directory, "socket");
  return [path, relative(Deno.cwd(), path)]
    .find((one) => new TextEncoder().encode(one).length <= MAX_PATH_BYTES);
}
