import type { GuestLogLevel } from "../guest_host/guest_call_log.ts";
import { formatLine } from "../guest/format_line.ts";

/** Takes one line of a tool's output. */
export type WriteLine = (level: GuestLogLevel, message: string) => void;

const LEVELS = {
  debug: "debug",
  log: "info",
  info: "info",
  dir: "info",
  warn: "warn",
  error: "error",
  trace: "debug",
} as const satisfies Record<string, GuestLogLevel>;

const { inspect } = Deno;

/**
 * Routes the console's printing methods to `write`, with their level. The others (`table`, `group`,
 * `time`) print natively, and arrive as `stdout`.
 */
export function installConsole(write: WriteLine): void {
  for (const [method, level] of Object.entries(LEVELS)) {
    Object.defineProperty(console, method, {
      configurable: true,
      writable: true,
      enumerable: true,
      value: (...values: unknown[]) => write(level, formatLine(values, inspect)),
    });
  }
}
