import type { LogRecord } from "@logtape/logtape";

/** One finished request. Holds nothing secret: no parameters, values, headers or query strings. */
export interface AccessEntry {
  readonly method: string;
  /** A pattern, never a path. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
  readonly requestId: string;
  readonly tenant: string;
  readonly traceId: string | undefined;
  readonly code: string | undefined;
}

/** Takes note of a finished request. */
export type AccessLog = (entry: AccessEntry) => void;

/** What every entry is logged as. */
export const ACCESS_CATEGORY = ["airlock", "gateway", "access"] as const;

const LOGGER = ACCESS_CATEGORY.join(".");

/**
 * An entry as a line of JSON, with the members that `jsonLinesFormatter` gives. There is one for each
 * request: going through the logger would cost four times as much, and redaction more than the call.
 */
export function accessLine(entry: AccessEntry, timestampMs: number): string {
  const { method, route, status } = entry;
  const line = JSON.stringify({
    "@timestamp": new Date(timestampMs).toISOString(),
    level: "INFO",
    message: `${method} ${route} ${status}`,
    logger: LOGGER,
    properties: entry,
  });
  return `${line}\n`;
}

/** An entry as a record for a formatter. */
export function accessRecord(entry: AccessEntry, timestampMs: number): LogRecord {
  const { method, route, status } = entry;
  return {
    category: ACCESS_CATEGORY,
    level: "info",
    message: ["", method, " ", route, " ", status, ""],
    rawMessage: "{method} {route} {status}",
    timestamp: timestampMs,
    properties: { ...entry },
  };
}
