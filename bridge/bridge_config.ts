import { z } from "zod";
import { AirlockError } from "../spec/errors.ts";
import { isLoopbackHost } from "./loopback_host.ts";
import { bridgeName } from "./protocol.ts";
import { readPrivate, writePrivate } from "./private_file.ts";

const pattern = z.string().min(1).max(200);

/** An MCP server on this machine, as the configuration names it. */
export const serverConfigSchema = z.strictObject({
  id: bridgeName,
  name: z.string().min(1).max(100).optional(),
  /** What is started, and spoken to over stdin and stdout. */
  command: z.string().min(1).max(4_096).optional(),
  /** Instead of a command: a server that runs already, and speaks HTTP. */
  url: z.url({ protocol: /^https?$/ }).max(2_000).optional(),
  /** Sent to it with each request. */
  headers: z.record(z.string().regex(/^[\w-]{1,100}$/), z.string().max(8_192)).optional(),
  /** Whether it may be on another machine than this one. */
  remote: z.boolean().optional(),
  args: z.array(z.string().max(64 * 1024)).max(200).default([]),
  /** Beside a few variables that every program needs. */
  env: z.record(z.string(), z.string()).default({}),
  cwd: z.string().optional(),
  disabled: z.boolean().default(false),
  /** Names of the only tools that may be called; `*` stands for any text. All where absent. */
  allow: z.array(pattern).optional(),
  /** Names of tools that may not be called, whatever is allowed. */
  deny: z.array(pattern).default([]),
  /** Whether whoever is at the machine is asked before a tool is called that they have not approved. */
  ask: z.boolean().optional(),
}).refine(({ command, url }) => (command === undefined) !== (url === undefined), {
  message: "needs a command or a url, and not both",
}).refine(({ url, remote = false }) => url === undefined || isReachable(url, remote), {
  message: "is not on this machine; say remote: true where that is meant, and use https",
});

/** One of {@linkcode serverConfigSchema}. */
export type ServerConfig = z.output<typeof serverConfigSchema>;

const configSchema = z.strictObject({
  /** What the bridge is called at the gateway. */
  name: bridgeName,
  servers: z.array(serverConfigSchema).max(50).default([])
    .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, "two have the same id"),
});

/** What `~/.airlock/bridge.json` holds. */
export type BridgeConfig = z.output<typeof configSchema>;

/**
 * The configuration in a file; `null` where there is none.
 * @throws {AirlockError} `invalid_input` saying what is wrong with it.
 */
export async function readBridgeConfig(path: string): Promise<BridgeConfig | null> {
  const text = await readPrivate(path);
  if (text === null) return null;
  const parsed = configSchema.safeParse(parseJson(text, path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const state = `${issue?.path.join(".") || "it"}: ${issue?.message ?? "is wrong"}`;
  throw new AirlockError("invalid_input", `read ${path}: ${state}`, {
    stage: "request",
    suggestion: "Correct the file, or remove it and run `airlock bridge init`.",
  });
}

/** Writes the configuration, which may hold secrets of servers: for its user's eyes only. */
export async function writeBridgeConfig(path: string, config: BridgeConfig): Promise<void> {
  await writePrivate(path, `${JSON.stringify(config, null, 2)}\n`);
}

/** A name for this machine, from what it is called. */
export function nameOfHost(hostname: string): string {
  const name = hostname.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").slice(0, 32)
    .replaceAll(/^-+|-+$/g, "");
  return name === "" ? "bridge" : name;
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AirlockError("invalid_input", `read ${path}: it is not JSON`, {
      stage: "request",
      suggestion: "Correct the file, or remove it and run `airlock bridge init`.",
      cause,
    });
  }
}

/** What is sent to another machine is not for whoever is in between. */
function isReachable(text: string, remote: boolean): boolean {
  const url = URL.parse(text);
  if (url === null) return false;
  return isLoopbackHost(url) || (remote && url.protocol === "https:");
}
