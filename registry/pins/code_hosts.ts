import type { HostsDiff } from "../../spec/pin.ts";
import type { CodeFiles } from "./code_files.ts";

/** Scheme and host in a text; bounded, so that no text costs more than its length. */
const ADDRESS =
  /\b(?:https?|wss?|ftp):\/\/(?:[^\s"'`@/]{1,100}@)?((?:[a-z0-9_-]{1,63}\.){1,10}[a-z0-9-]{2,63}|\[[0-9a-f:.]{2,45}\]|localhost)/gi;
const MAX_HOSTS = 500;

/** Hosts that code names in addresses, sorted. It may make up others when it runs. */
export function codeHosts(files: CodeFiles): readonly string[] {
  const hosts = new Set<string>();
  for (const text of files.values()) {
    for (const [, host = ""] of text.matchAll(ADDRESS)) {
      if (hosts.size < MAX_HOSTS) hosts.add(host.toLowerCase());
    }
  }
  return [...hosts].sort();
}

/** Hosts that new code names and old code does not, beside those that calls have reached. */
export function diffHosts(
  { before, after, seen }: {
    readonly before: CodeFiles;
    readonly after: CodeFiles;
    readonly seen: readonly string[];
  },
): HostsDiff {
  const [old, now] = [codeHosts(before), codeHosts(after)];
  return {
    seen,
    added: now.filter((host) => !old.includes(host)),
    removed: old.filter((host) => !now.includes(host)),
  };
}
