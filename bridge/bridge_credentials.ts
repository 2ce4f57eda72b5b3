import { z } from "zod";
import { AirlockError } from "../spec/errors.ts";
import { directClient } from "./direct_client.ts";
import { isLoopbackHost } from "./loopback_host.ts";
import { readPrivate, writePrivate } from "./private_file.ts";

const credentialsSchema = z.strictObject({
  /** Of the gateway, without a path. */
  gateway: z.url(),
  /** Absent where the gateway trusts its own machine. */
  apiKey: z.string().min(1).max(1_000).optional(),
  /** Whether the key was made for this machine, so that it ends with it. */
  isOwn: z.boolean().optional(),
});

/** Which gateway a bridge connects to, and what it proves itself by. */
export type BridgeCredentials = z.output<typeof credentialsSchema>;

/**
 * The origin of a gateway as somebody wrote it.
 * @throws {AirlockError} `invalid_input` where a key would cross the network in the clear.
 */
export function gatewayOrigin(text: string): string {
  const url = URL.parse(text);
  const isSafe = url?.protocol === "https:" ||
    (url?.protocol === "http:" && isLoopbackHost(url));
  if (url !== null && isSafe) return url.origin;
  throw new AirlockError("invalid_input", "read gateway: it is not an https URL", {
    stage: "request",
    suggestion: "Write it as https://airlock.example; http is for this machine only.",
  });
}

/**
 * What was kept by {@linkcode writeCredentials}; `null` where nothing was.
 * @throws {AirlockError} `invalid_input` for what is not.
 */
export async function readCredentials(path: string): Promise<BridgeCredentials | null> {
  const text = await readPrivate(path);
  if (text === null) return null;
  try {
    return credentialsSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AirlockError("invalid_input", `read ${path}: it is not what login writes`, {
      stage: "request",
      suggestion: "Run `airlock bridge login` again.",
      cause,
    });
  }
}

/** Keeps credentials in a file that only its user can read. */
export async function writeCredentials(path: string, kept: BridgeCredentials): Promise<void> {
  await writePrivate(path, `${JSON.stringify(kept, null, 2)}\n`);
}

/** Headers that prove who connects. */
export function credentialHeaders({ apiKey }: BridgeCredentials): Record<string, string> {
  return apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
}

/**
 * Asks the gateway whether it takes these credentials, and why not.
 * @throws {AirlockError} `unauthenticated`, `permission_denied`, `upstream_failed`.
 */
export async function checkCredentials(
  credentials: BridgeCredentials,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  using client = directClient(new URL(credentials.gateway));
  const response = await ask(credentials, { signal, client });
  await response.body?.cancel();
  if (response.ok) return;
  if (response.status === 401) {
    throw new AirlockError("unauthenticated", "log in: the gateway does not take the key", {
      suggestion: "Make a key with the scope bridge:connect, and run `airlock bridge login`.",
    });
  }
  if (response.status === 403) {
    throw new AirlockError("permission_denied", "log in: the key is not for bridges", {
      suggestion: "Use a key with the scope bridge:connect.",
    });
  }
  throw new AirlockError("upstream_failed", `ask gateway: it answers ${response.status}`, {
    suggestion: "See whether the URL is that of an Airlock gateway.",
  });
}

async function ask(
  credentials: BridgeCredentials,
  { signal, client }: { readonly signal: AbortSignal; readonly client?: Deno.HttpClient },
): Promise<Response> {
  try {
    return await fetch(`${credentials.gateway}/api/user/bridge`, {
      headers: credentialHeaders(credentials),
      // The key goes to that gateway, and nowhere else.
      redirect: "error",
      signal,
      ...(client && { client }),
    });
  } catch (cause) {
    throw new AirlockError("upstream_failed", "ask gateway: it does not answer", {
      suggestion: "See whether it runs, and whether the URL is right.",
      cause,
    });
  }
}
