import { AirlockError, type ErrorCode } from "../../spec/errors.ts";

/** Error codes of OAuth (RFC 6749 §5.2, RFC 7591 §3.2.2, RFC 8628 §3.5, RFC 8707 §2), and what they are here. */
const CODES = {
  invalid_request: "invalid_input",
  invalid_client: "unauthenticated",
  invalid_grant: "invalid_input",
  invalid_scope: "invalid_input",
  invalid_target: "invalid_input",
  invalid_redirect_uri: "invalid_input",
  invalid_client_metadata: "invalid_input",
  unsupported_grant_type: "invalid_input",
  unsupported_response_type: "invalid_input",
  temporarily_unavailable: "rate_limited",
  authorization_pending: "invalid_input",
  slow_down: "invalid_input",
  access_denied: "invalid_input",
  expired_token: "invalid_input",
} as const satisfies Record<string, ErrorCode>;

/** An error code that OAuth clients know. */
export type OauthCode = keyof typeof CODES;

/** Where the code for clients stands in an error's details. */
export const OAUTH_DETAIL = "oauthError";

/** A refusal that OAuth clients understand. `state` says what is wrong, and holds no secret. */
export function oauthRefusal(
  code: OauthCode,
  state: string,
  { suggestion, cause }: { readonly suggestion?: string; readonly cause?: unknown } = {},
): AirlockError {
  return new AirlockError(CODES[code], `sign in client: ${state}`, {
    stage: "request",
    ...{ suggestion, cause },
    details: { [OAUTH_DETAIL]: code },
  });
}
