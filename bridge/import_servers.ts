import { z } from "zod";
import { AirlockError } from "../spec/errors.ts";
import { nameOfHost, type ServerConfig, serverConfigSchema } from "./bridge_config.ts";

/** As Claude Desktop and Cursor write them, and VS Code under another name. */
const blocksSchema = z.object({
  mcpServers: z.record(z.string(), z.unknown()).optional(),
  servers: z.record(z.string(), z.unknown()).optional(),
});

const entrySchema = z.object({
  command: z.string().min(1).optional(),
  /** Of those, what listens on this machine. */
  url: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  args: z.array(z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
  cwd: z.string().optional(),
  disabled: z.boolean().optional(),
});

/** What was found in another program's configuration. */
export interface ImportedServers {
  readonly servers: readonly ServerConfig[];
  /** Names of entries that are neither commands of this machine nor listen on it. */
  readonly leftOut: readonly string[];
}

/**
 * Servers of another program's configuration, all of them disabled or not as they are there.
 * @throws {AirlockError} `invalid_input` for text that has none.
 */
export function importServers(text: string): ImportedServers {
  const blocks = blocksSchema.safeParse(parseJson(text));
  const entries = { ...blocks.data?.servers, ...blocks.data?.mcpServers };
  const names = Object.keys(entries);
  if (names.length === 0) throw nothing();
  const servers: ServerConfig[] = [];
  const leftOut: string[] = [];
  for (const name of names) {
    const entry = entrySchema.safeParse(entries[name]);
    const id = nameOfHost(name);
    const isTaken = servers.some((server) => server.id === id);
    const server = entry.success && !isTaken
      ? serverConfigSchema.safeParse({ id, ...(name !== id && { name }), ...entry.data })
      : undefined;
    if (server?.success) servers.push(server.data);
    else leftOut.push(name);
  }
  return { servers, leftOut };
}

/** These files often hold comments; nothing else of JSON with comments is taken. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replaceAll(/^\s*\/\/.*$/gm, ""));
  } catch {
    throw nothing();
  }
}

function nothing(): AirlockError {
  return new AirlockError("invalid_input", "import servers: the file has no mcpServers", {
    stage: "request",
    suggestion: "Name the configuration of Claude Desktop, Cursor or VS Code.",
  });
}
