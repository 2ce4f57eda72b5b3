import {
  configure,
  dispose,
  getAnsiColorFormatter,
  jsonLinesFormatter,
  type LogLevel,
  type LogRecord,
  type Sink,
} from "@logtape/logtape";
import { JWT_PATTERN, redactByField, redactByPattern } from "@logtape/redaction";
import { type AccessEntry, accessLine, type AccessLog, accessRecord } from "./access_log.ts";
import { batchLines } from "./batch_lines.ts";

const SECRET_FIELDS = [
  /authorization|api[-_]?key|token|secret|password|passphrase|cookie|credential/i,
  /^(?:params|env|output)$/,
];
const SECRETS_IN_TEXT = [
  JWT_PATTERN,
  { pattern: /\bBearer\s+[\w.~+/=-]+/gi, replacement: "Bearer [redacted]" },
  { pattern: /\b[a-z][a-z0-9+.-]*:\/\/[^\s/@:]+:[^\s/@]+@/gi, replacement: "[redacted]@" },
  { pattern: /\b(?:sk|pk|ghp|gho|npm|xox[abp])[-_][A-Za-z0-9_-]{16,}/g, replacement: "[redacted]" },
];

/** Levels at which finished requests are logged. */
const TELLING: readonly LogLevel[] = ["trace", "debug", "info"];

/** Options of {@linkcode configureLogging}. */
export interface ConfigureLoggingOptions {
  readonly level: LogLevel;
  readonly format: "json" | "pretty";
  /** Receives whole lines. */
  readonly write: (line: string) => void;
}

/** Logging as it was set up. Disposing ends it. */
export interface ConfiguredLogging extends AsyncDisposable {
  /** Writes a line for each finished request; absent where the level leaves them out. */
  readonly access?: AccessLog;
}

/**
 * Sends the process's log lines, secrets redacted by field and by pattern, to `write`. Set up once per
 * process.
 */
export async function configureLogging(
  options: ConfigureLoggingOptions,
): Promise<ConfiguredLogging> {
  const plain = options.format === "json" ? jsonLinesFormatter : getAnsiColorFormatter();
  const redacted = redactByPattern(plain, SECRETS_IN_TEXT);
  const lines = batchLines(options.write);
  const line = options.format === "json"
    ? accessLine
    : (entry: AccessEntry, nowMs: number) => whole(plain(accessRecord(entry, nowMs)));
  const writeInTurn = (line: string) => {
    lines.flush();
    options.write(line);
  };
  await configure({
    reset: true,
    sinks: {
      out: redactByField(lineSink(redacted, writeInTurn), {
        fieldPatterns: SECRET_FIELDS,
        action: () => "[redacted]",
      }),
    },
    loggers: [
      { category: "airlock", lowestLevel: options.level, sinks: ["out"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["out"] },
    ],
  });
  return {
    access: TELLING.includes(options.level)
      ? (entry) => lines.add(line(entry, Date.now()))
      : undefined,
    async [Symbol.asyncDispose]() {
      await dispose();
      lines[Symbol.dispose]();
    },
  };
}

function lineSink(
  format: (record: LogRecord) => string,
  write: (line: string) => void,
): Sink {
  return (record) => write(whole(format(record)));
}

function whole(line: string): string {
  return `${line.trimEnd()}\n`;
}
