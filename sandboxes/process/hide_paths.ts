import { pathToFileURL } from "node:url";
import type { ThrownValue } from "../protocol/messages.ts";

/** A directory of the host, and the path that stands for it in what callers are told. */
export type ShownPath = readonly [hostPath: string, shownPath: string];

/** What a tool threw, with directories of the host named as a process in a bubblewrap sees them. */
export function hidePaths(thrown: ThrownValue, paths: readonly ShownPath[]): ThrownValue {
  const { message, stack } = thrown;
  return {
    ...thrown,
    message: hideIn(message, paths),
    ...(stack === undefined ? {} : { stack: hideIn(stack, paths) }),
  };
}

function hideIn(text: string, paths: readonly ShownPath[]): string {
  for (const [hostPath, shownPath] of paths) {
    text = text.replaceAll(hostPath, shownPath)
      .replaceAll(pathToFileURL(hostPath).pathname, shownPath);
  }
  return text;
}
