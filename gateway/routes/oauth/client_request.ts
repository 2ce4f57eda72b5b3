import type { OauthClient } from "../../../accounts/oauth/oauth_client.ts";
import { oauthRefusal } from "../../../accounts/oauth/oauth_refusal.ts";
import { isCodeChallenge } from "../../../accounts/oauth/pkce.ts";
import { matchesRedirectUri } from "../../../accounts/oauth/redirect_uri.ts";
import { type McpEndpoint, mcpEndpointOf } from "../../oauth/mcp_endpoint.ts";
import { type Parameters, requireParameter } from "./read_form.ts";

/** What a client asks somebody, checked as far as it can be without them. */
export interface ClientRequest {
  readonly client: OauthClient;
  readonly redirectUri: string;
  readonly state: string | null;
  readonly codeChallenge: string;
  readonly endpoint: McpEndpoint;
  /** The endpoint with its origin, written in one way. */
  readonly resource: string;
}

/** What a request is checked with. */
export interface CheckOptions {
  readonly origin: string;
  /** @throws {AirlockError} `unauthenticated` for clients that are not known. */
  readonly findClient: (id: string) => Promise<OauthClient>;
}

/**
 * Checks an authorisation request (RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 8707 §2).
 * @throws {AirlockError} with the code of OAuth in its details.
 */
export async function checkClientRequest(
  parameters: Parameters,
  { origin, findClient }: CheckOptions,
): Promise<ClientRequest> {
  const client = await findClient(requireParameter(parameters, "client_id"));
  const redirectUri = requireParameter(parameters, "redirect_uri");
  if (!client.redirectUris.some((registered) => matchesRedirectUri(registered, redirectUri))) {
    throw oauthRefusal("invalid_redirect_uri", "redirect_uri is not one of the client's");
  }
  if (requireParameter(parameters, "response_type") !== "code") {
    throw oauthRefusal("unsupported_response_type", "response_type has to be code");
  }
  const responseMode = parameters.get("response_mode") ?? "query";
  if (responseMode !== "query") {
    throw oauthRefusal("invalid_request", "response_mode has to be query");
  }
  // Without a method it would be `plain`, which shows the verifier to whoever sees the request.
  if (requireParameter(parameters, "code_challenge_method") !== "S256") {
    throw oauthRefusal("invalid_request", "code_challenge_method has to be S256");
  }
  const codeChallenge = requireParameter(parameters, "code_challenge");
  if (!isCodeChallenge(codeChallenge)) {
    throw oauthRefusal("invalid_request", "code_challenge is not of S256");
  }
  const state = parameters.get("state") ?? null;
  const endpoint = endpointOfResource(requireParameter(parameters, "resource"), origin);
  const resource = `${origin}${endpoint.path}`;
  return { client, redirectUri, state, codeChallenge, endpoint, resource };
}

/**
 * The endpoint of this gateway that a resource is.
 * @throws {AirlockError} `invalid_target`.
 */
export function endpointOfResource(resource: string, origin: string): McpEndpoint {
  const url = URL.parse(resource);
  const isOurs = url !== null && url.origin === origin && url.search === "" &&
    !resource.includes("#") && !resource.includes("?") && url.username === "" &&
    url.password === "";
  const endpoint = isOurs ? mcpEndpointOf(url.pathname.replace(/\/$/, "")) : undefined;
  if (endpoint !== undefined) return endpoint;
  throw oauthRefusal("invalid_target", "resource is no MCP endpoint of this gateway");
}

/** Where a browser takes an answer to a client, whom it is from included (RFC 9207). */
export function answerUrl(
  { redirectUri, state, issuer }: {
    readonly redirectUri: string;
    readonly state: string | null;
    readonly issuer: string;
  },
  answer: Readonly<Record<string, string>>,
): string {
  const url = new URL(redirectUri);
  const parameters = { ...answer, ...(state !== null && { state }), iss: issuer };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
