import type { CallGrant, TextInPieces } from "../../spec/call_grant.ts";
import type { LogEntry } from "../../spec/sandbox.ts";

/** The log of one call, without kept values. */
export interface RedactedLog {
  write(entry: LogEntry): void;
  /** Writes what was held back. */
  end(): void;
}

/**
 * Passes on what a tool writes, kept values made unreadable. What it prints itself is cut into entries
 * wherever the pipe cut it: there, what may be the start of a value waits for what comes after.
 */
export function redactLog(
  { redact, redactStream }: Pick<CallGrant, "redact" | "redactStream">,
  onLog: (entry: LogEntry) => void,
): RedactedLog {
  const printed = new Map<LogEntry["level"], { text: TextInPieces; atMs: number }>();
  const pass = (entry: LogEntry) => {
    if (entry.message !== "") onLog(entry);
  };
  return {
    write(entry) {
      const { level, message, atMs } = entry;
      if (redact === undefined) return onLog(entry);
      if (redactStream === undefined || (level !== "stdout" && level !== "stderr")) {
        return onLog({ ...entry, message: redact(message) });
      }
      const stream = printed.get(level) ?? { text: redactStream(), atMs };
      printed.set(level, { ...stream, atMs });
      pass({ ...entry, message: stream.text.push(message) });
    },
    end() {
      for (const [level, { text, atMs }] of printed) pass({ level, message: text.end(), atMs });
      printed.clear();
    },
  };
}
