import type { LoggingLevel, ServerContext } from "@modelcontextprotocol/server";
import { LEVELS } from "../http/session_messages.ts";
import type { McpToolCall } from "../../spec/mcp_source.ts";
import type { LogEntry } from "../../spec/sandbox.ts";

const LEVELS_OF_LINES: Readonly<Record<LogEntry["level"], LoggingLevel>> = {
  debug: "debug",
  info: "info",
  stdout: "info",
  warn: "warning",
  stderr: "warning",
  error: "error",
};

/** Longest message of a progress notification. */
const MAX_MESSAGE_CHARACTERS = 500;

/** What a client is told while its call runs. */
export interface CallListener extends Pick<McpToolCall, "onLog" | "onProgress"> {
  /** Resolves when all of it was handed over: before the result, or it comes too late. */
  told(): Promise<void>;
}

/** Tells the client of a request about the log and the progress of its call, as far as it asked. */
export function createCallListener(
  { mcpReq }: ServerContext,
  { logger, logLevel = "debug" }: { readonly logger: string; readonly logLevel?: LoggingLevel },
): CallListener {
  const sent: Promise<unknown>[] = [];
  // Whoever has gone is not told; the call is ended by its signal.
  const send = (telling: Promise<unknown>) => void sent.push(telling.catch(() => {}));
  const progressToken = mcpReq._meta?.progressToken;
  let progress = 0;
  return {
    onLog({ level, message }) {
      if (isAtLeast(LEVELS_OF_LINES[level], logLevel)) {
        send(mcpReq.log(LEVELS_OF_LINES[level], message, logger));
      }
    },
    onProgress(text, at) {
      if (progressToken === undefined) return;
      // It has to grow, whatever another server says.
      const isFurther = at !== undefined && at.progress > progress;
      progress = isFurther ? at.progress : progress + 1;
      const total = isFurther ? at.total : undefined;
      const message = text.slice(0, MAX_MESSAGE_CHARACTERS);
      send(mcpReq.notify({
        method: "notifications/progress",
        params: { progressToken, progress, ...(total !== undefined && { total }), message },
      }));
    },
    async told() {
      await Promise.all(sent);
    },
  };
}

function isAtLeast(level: LoggingLevel, least: LoggingLevel): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(least);
}
