import { z } from "zod";
import { AirlockError } from "../spec/errors.ts";
import { gatewayOrigin } from "./bridge_credentials.ts";
import { directClient } from "./direct_client.ts";
import { pauseUnless } from "./pause_unless.ts";

const CLIENT_ID = "airlock-bridge";
const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code";

const TIMEOUT_MS = 15_000;

/** However long a gateway would have it. */
const MAX_WAIT_MS = 15 * 60_000;

/** RFC 8628 §3.5: how much longer to wait each time that it was too soon. */
const SLOWER_SECONDS = 5;

const codesSchema = z.object({
  device_code: z.string().min(1).max(200),
  user_code: z.string().regex(/^[A-Z0-9-]{4,20}$/),
  verification_uri: z.string().max(500),
  verification_uri_complete: z.string().max(500),
  expires_in: z.int().min(1),
  interval: z.int().min(1).max(60).default(5),
});

const issuedSchema = z.object({
  access_token: z.string().min(1).max(1_000),
  allowed_by: z.string().max(500).default("somebody"),
});

const refusedSchema = z.object({ error: z.string().max(100) });

/** What whoever is at the machine has to do. */
export interface ShownCode {
  /** To be seen on the page, too. */
  readonly userCode: string;
  /** Where the code is typed, and the same with the code in it: `https`, or of this machine. */
  readonly page: string;
  readonly pageWithCode: string;
}

/** Options of {@linkcode logInDevice}. */
export interface DeviceLoginOptions {
  readonly gateway: string;
  /** What the bridge is called. */
  readonly machine: string;
  /** Called once, with what is to be shown. */
  readonly onCode: (shown: ShownCode) => void;
  readonly signal: AbortSignal;
  /** How long a second lasts: tests have less time. */
  readonly secondMs?: number;
}

/** A key, and who allowed it in the gateway's words. */
export interface DeviceKey {
  readonly apiKey: string;
  readonly allowedBy: string;
}

/**
 * Asks a gateway for a key of this machine's own, and waits until somebody has allowed it on the
 * gateway's page (RFC 8628).
 * @throws {AirlockError} `permission_denied`, `deadline_exceeded`, `rate_limited`, `upstream_failed`;
 * what `signal` was aborted with.
 */
export async function logInDevice(options: DeviceLoginOptions): Promise<DeviceKey> {
  const { gateway, machine, signal, onCode, secondMs = 1_000 } = options;
  const asked = await post(gateway, "/oauth/device/code", {
    ...{ client_id: CLIENT_ID, scope: "bridge:connect", machine },
  }, signal);
  if (asked.status === 404) throw noPage();
  if (asked.status === 429) throw tooMany();
  const codes = codesSchema.safeParse(asked.body);
  if (asked.status !== 200 || !codes.success) throw strange(asked.status);
  const { device_code, user_code, verification_uri, verification_uri_complete } = codes.data;
  // A program of this machine will be told to open it: nothing but a page may be opened.
  for (const page of [verification_uri, verification_uri_complete]) gatewayOrigin(page);
  onCode({
    userCode: user_code,
    page: new URL(verification_uri).href,
    pageWithCode: new URL(verification_uri_complete).href,
  });
  const endMs = performance.now() + Math.min(MAX_WAIT_MS, codes.data.expires_in * secondMs);
  let interval = codes.data.interval;
  while (performance.now() < endMs) {
    await pauseUnless(interval * secondMs, signal);
    signal.throwIfAborted();
    const answer = await poll(gateway, device_code, signal);
    if (answer === "slow_down") interval += SLOWER_SECONDS;
    else if (answer !== "authorization_pending") return answer;
  }
  throw tooLate();
}

async function poll(
  gateway: string,
  device_code: string,
  signal: AbortSignal,
): Promise<DeviceKey | "authorization_pending" | "slow_down"> {
  const form = { client_id: CLIENT_ID, grant_type: GRANT_TYPE, device_code };
  let answer;
  try {
    answer = await post(gateway, "/oauth/token", form, signal);
  } catch (error) {
    signal.throwIfAborted();
    // A network that is away for a moment is no answer.
    if (error instanceof AirlockError) return "slow_down";
    throw error;
  }
  const { status, body } = answer;
  const issued = issuedSchema.safeParse(body);
  if (status === 200 && issued.success) {
    return { apiKey: issued.data.access_token, allowedBy: issued.data.allowed_by };
  }
  if (status === 429 || status >= 500) return "slow_down";
  const error = refusedSchema.safeParse(body).data?.error;
  if (error === "authorization_pending" || error === "slow_down") return error;
  if (error === "access_denied") throw denied();
  if (error === "expired_token") throw tooLate();
  throw strange(status);
}

async function post(
  gateway: string,
  path: string,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly body: unknown }> {
  using client = directClient(new URL(gateway));
  try {
    const response = await fetch(`${gateway}${path}`, {
      ...(client && { client }),
      method: "POST",
      body: new URLSearchParams(form),
      // What is sent is for that gateway, and nobody else.
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const text = await response.text();
    return { status: response.status, body: parseJson(text) };
  } catch (cause) {
    signal.throwIfAborted();
    throw new AirlockError("upstream_failed", "ask gateway: it does not answer", {
      suggestion: "See whether it runs, and whether the URL is right.",
      cause,
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A page of whatever is in between: its status says enough.
    return undefined;
  }
}

/** Gives up a key of the machine's own. Where the gateway is away, it can be revoked there. */
export async function surrenderDeviceKey(
  { gateway, apiKey, signal }: {
    readonly gateway: string;
    readonly apiKey: string;
    readonly signal: AbortSignal;
  },
): Promise<boolean> {
  try {
    const form = { client_id: CLIENT_ID, token: apiKey };
    return (await post(gateway, "/oauth/revoke", form, signal)).status === 200;
  } catch (error) {
    if (error instanceof AirlockError || signal.aborted) return false;
    throw error;
  }
}

function noPage(): AirlockError {
  return new AirlockError("upstream_failed", "log in: the gateway has no page for it", {
    suggestion: "See whether the URL is that of an Airlock gateway, or log in with --api-key.",
    retryable: false,
  });
}

function tooMany(): AirlockError {
  return new AirlockError("rate_limited", "log in: too many machines wait to be allowed", {
    suggestion: "Wait ten minutes, or log in with --api-key.",
  });
}

function denied(): AirlockError {
  return new AirlockError("permission_denied", "log in: it was not allowed", {
    suggestion: "Run `airlock bridge login` again to be asked again.",
  });
}

function tooLate(): AirlockError {
  return new AirlockError("deadline_exceeded", "log in: nobody has allowed it in time", {
    suggestion: "Run `airlock bridge login` again.",
  });
}

function strange(status: number): AirlockError {
  return new AirlockError("upstream_failed", `log in: the gateway answers ${status}`, {
    suggestion: "Run `airlock bridge login` again, or log in with --api-key.",
  });
}
