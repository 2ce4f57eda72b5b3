import type { Context } from "hono";
import { readBody } from "../../body/read_body.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import type { GatewaySettings } from "../../gateway_options.ts";
import { oauthRefusal } from "../../../accounts/oauth/oauth_refusal.ts";

/** Largest form, and longest value of a parameter. */
const MAX_FORM_BYTES = 32 * 1024;
const MAX_VALUE_CHARACTERS = 4_096;

/** Parameters of a request, each of which may come once (RFC 6749 §3.1). */
export type Parameters = ReadonlyMap<string, string>;

/**
 * Reads parameters of a query or a form. Empty ones count as absent.
 * @throws {AirlockError} `invalid_input` for those that come twice or are too long.
 */
export function readParameters(text: string): Parameters {
  const found = new Map<string, string>();
  const seen = new Set<string>();
  for (const [name, value] of new URLSearchParams(text)) {
    // RFC 8707 allows several resources; a token here is for one.
    if (seen.has(name)) throw oauthRefusal("invalid_request", "a parameter comes twice");
    seen.add(name);
    if (value.length > MAX_VALUE_CHARACTERS || value.includes("\0")) {
      throw oauthRefusal("invalid_request", "a parameter is too long, or cannot be kept");
    }
    if (value !== "") found.set(name, value);
  }
  return found;
}

/**
 * Reads a form.
 * @throws {AirlockError} `invalid_input`, `payload_too_large`.
 */
export async function readForm(
  { req }: Context<GatewayEnv>,
  { bodyTimeoutMs }: Pick<GatewaySettings, "bodyTimeoutMs">,
): Promise<Parameters> {
  const type = (req.header("content-type") ?? "").split(";", 1)[0]!.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") {
    throw oauthRefusal("invalid_request", "the body is not a form");
  }
  const bounds = { maxBytes: MAX_FORM_BYTES, timeoutMs: bodyTimeoutMs };
  return readParameters(await readBody(req.raw, bounds));
}

/**
 * A parameter that has to be there.
 * @throws {AirlockError} `invalid_input`.
 */
export function requireParameter(parameters: Parameters, name: string): string {
  const value = parameters.get(name);
  if (value === undefined) throw oauthRefusal("invalid_request", `${name} is missing`);
  return value;
}
