import type { GuestLogLevel } from "../guest_host/guest_call_log.ts";

const LEVELS: ReadonlyMap<string, GuestLogLevel> = new Map([
  ["debug", "debug"],
  ["info", "info"],
  ["warn", "warn"],
  ["error", "error"],
  ["stdout", "info"],
  ["stderr", "error"],
]);

/** The level of a line as the code inside named it. */
export function logLevelOf(name: string): GuestLogLevel {
  return LEVELS.get(name) ?? "info";
}
