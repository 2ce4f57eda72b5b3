import type { Server } from "@modelcontextprotocol/server";
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import type { Readable, Writable } from "node:stream";
import { followChanges } from "../changes/follow_changes.ts";
import { ListenedResources } from "./listened_resources.ts";
import { createMcpServer, type McpServerTools } from "../server/create_mcp_server.ts";
import type { McpPart } from "../server/mcp_part.ts";

/** The two ends of a pipe to the client that started us. */
export interface StdioPipe {
  readonly input: Readable;
  readonly output: Writable;
}

/** Largest message. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/**
 * Serves one part to the client at the other end of a pipe, until it closes the pipe or `signal`
 * aborts. Calls that still run are then aborted. Writes nothing but messages to `output`.
 */
export async function servePipe(
  part: McpPart,
  { input, output }: StdioPipe,
  { signal, ...tools }: McpServerTools & { readonly signal: AbortSignal },
): Promise<void> {
  const over = Promise.withResolvers<void>();
  const end = () => over.resolve();
  for (const event of ["end", "close", "error"]) input.once(event, end);
  output.once("error", end);
  signal.addEventListener("abort", end, { once: true });
  const connection = crypto.randomUUID();
  let told: Server | undefined;
  using followed = followChanges(tools.changes, {
    audience: part.audience,
    notify(notification) {
      // Before there is anybody to tell, and where it wants to know of no changes, nobody is told.
      told?.notification(notification).catch(() => {});
    },
  });
  const transport = new StdioServerTransport(input, output, { maxBufferSize: MAX_MESSAGE_BYTES });
  const handle = serveStdio(
    () => {
      const requestId = () => crypto.randomUUID();
      told = createMcpServer(part, { ...tools, requestId, connection, watcher: followed });
      return told;
    },
    { transport },
  );
  const listened = new ListenedResources(followed);
  const pass = transport.onmessage;
  transport.onmessage = (message) => {
    listened.hear(message);
    pass?.(message);
  };
  try {
    if (!signal.aborted) await over.promise;
  } finally {
    signal.removeEventListener("abort", end);
    await handle.close();
  }
}
