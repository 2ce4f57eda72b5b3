import type {
  AuthorizationServerMetadata,
  OAuthClientInformationMixed,
  OAuthTokens,
} from "@modelcontextprotocol/client";
import { AirlockError } from "../../../spec/errors.ts";
import type { CheckedFetch } from "./checked_fetch.ts";
import { signInFailed } from "./sign_in_errors.ts";

/** A client that somebody registered by hand. */
export interface OwnClient {
  readonly clientId: string;
  readonly clientSecret?: string;
}

/** Where tokens of a server come from, and as who we ask for them. */
export interface TokenPlace {
  /** Of the server, as it was signed in to. */
  readonly url: string;
  readonly issuer: string;
  readonly metadata: AuthorizationServerMetadata;
  readonly client: OAuthClientInformationMixed;
  readonly resource: string;
}

/** A sign-in on its way through a browser. */
export interface BegunFlow extends TokenPlace {
  readonly verifier: string;
  readonly redirectUri: string;
}

/** What a flow is begun with. */
export interface FlowWish {
  readonly url: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly ownClient?: OwnClient;
}

/**
 * Finds out where a server sends those who sign in, introduces us there, and makes the address to open.
 * @throws {AirlockError} `upstream_failed`, `permission_denied` for an address that must not be asked.
 */
export async function beginFlow(
  { url, redirectUri, state, ownClient }: FlowWish,
  fetchFn: CheckedFetch,
): Promise<{ readonly begun: BegunFlow; readonly address: string }> {
  const sdk = await import("@modelcontextprotocol/client");
  return await told("find out where to sign in to MCP server", async () => {
    const asked = await challengeOf(url, fetchFn);
    const info = await sdk.discoverOAuthServerInfo(url, {
      ...{ fetchFn, resourceMetadataUrl: asked?.resourceMetadataUrl },
    });
    const metadata = info.authorizationServerMetadata;
    if (metadata === undefined) throw signInFailed("it does not say where to sign in");
    const resource = resourceOf(url, info.resourceMetadata?.resource, sdk);
    const issuer = info.authorizationServerUrl;
    const scope = asked?.scope ?? info.resourceMetadata?.scopes_supported?.join(" ");
    const client = ownClient === undefined
      ? await sdk.registerClient(issuer, {
        ...{ metadata, clientMetadata: clientMetadata(redirectUri), scope, fetchFn },
      })
      : { client_id: ownClient.clientId, client_secret: ownClient.clientSecret };
    const { authorizationUrl, codeVerifier } = await sdk.startAuthorization(issuer, {
      ...{ metadata, clientInformation: client, redirectUrl: redirectUri },
      ...{ scope, state, resource: new URL(resource) },
    });
    // A browser opens it: whatever else an address can be must not get there.
    if (!/^https?:$/.test(authorizationUrl.protocol)) {
      throw signInFailed("its address to sign in at is none of the web");
    }
    const begun = { url, issuer, metadata, client, resource, redirectUri, verifier: codeVerifier };
    return { begun, address: authorizationUrl.href };
  });
}

/**
 * Turns the code that a browser came back with into tokens, at the issuer that was begun with.
 * @throws {AirlockError} `upstream_failed`, `permission_denied` where another issuer answered.
 */
export async function endFlow(
  begun: BegunFlow,
  { code, iss }: { readonly code: string; readonly iss?: string },
  fetchFn: CheckedFetch,
): Promise<OAuthTokens> {
  const sdk = await import("@modelcontextprotocol/client");
  return await told("sign in to MCP server", () =>
    sdk.exchangeAuthorization(begun.issuer, {
      ...{ metadata: begun.metadata, clientInformation: begun.client, fetchFn, iss },
      ...{ authorizationCode: code, codeVerifier: begun.verifier, redirectUri: begun.redirectUri },
      resource: new URL(begun.resource),
    }));
}

/**
 * Asks for new tokens; `null` where the authorisation server does not know the old ones any more.
 * @throws {AirlockError} `upstream_failed`, `permission_denied`.
 */
export async function renewTokens(
  place: TokenPlace,
  refreshToken: string,
  fetchFn: CheckedFetch,
): Promise<OAuthTokens | null> {
  const sdk = await import("@modelcontextprotocol/client");
  return await told("renew sign-in to MCP server", async () => {
    try {
      return await sdk.refreshAuthorization(place.issuer, {
        ...{ metadata: place.metadata, clientInformation: place.client, refreshToken, fetchFn },
        resource: new URL(place.resource),
      });
    } catch (error) {
      const isGone = error instanceof sdk.OAuthError && GONE.has(error.code);
      if (isGone) return null;
      throw error;
    }
  });
}

/** Tells an authorisation server to forget tokens (RFC 7009), where it can be told. */
export async function revokeTokens(
  { place, tokens }: { readonly place: TokenPlace; readonly tokens: OAuthTokens },
  fetchFn: CheckedFetch,
): Promise<void> {
  const { metadata } = place;
  const endpoint = "revocation_endpoint" in metadata ? metadata.revocation_endpoint : undefined;
  if (typeof endpoint !== "string") return;
  const { client_id, client_secret } = place.client;
  await fetchFn(endpoint, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      ...{ token: tokens.refresh_token ?? tokens.access_token, client_id },
      ...(client_secret !== undefined && { client_secret }),
    }),
  });
}

/** Answers that no later attempt would change. */
const GONE: ReadonlySet<string> = new Set([
  "invalid_grant",
  "invalid_client",
  "unauthorized_client",
]);

function clientMetadata(redirectUri: string) {
  return {
    client_name: "Airlock",
    redirect_uris: [redirectUri],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
  };
}

/** What a server says to whoever comes without a token (RFC 9728 §5.1); nothing, where it does not. */
async function challengeOf(url: string, fetchFn: CheckedFetch) {
  const { extractWWWAuthenticateParams } = await import("@modelcontextprotocol/client");
  const response = await fetchFn(url, { headers: { accept: "text/event-stream" } });
  return response.status === 401 ? extractWWWAuthenticateParams(response) : undefined;
}

type Sdk = typeof import("@modelcontextprotocol/client");

/** A token for another server would be sent to this one. */
function resourceOf(url: string, said: string | undefined, sdk: Sdk): string {
  const own = sdk.resourceUrlFromServerUrl(url);
  if (said === undefined) return own.href;
  if (sdk.checkResourceAllowed({ requestedResource: own, configuredResource: said })) return said;
  throw signInFailed("it says that it is another server");
}

/** Says what went wrong in our words: what an authorisation server says may hold what nobody should see. */
async function told<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AirlockError) throw error;
    const sdk = await import("@modelcontextprotocol/client");
    if (error instanceof sdk.IssuerMismatchError) throw otherIssuer(what, error);
    const code = error instanceof sdk.OAuthError ? ` (${error.code.slice(0, 60)})` : "";
    throw new AirlockError("upstream_failed", `${what}: the authorisation server refuses${code}`, {
      stage: "request",
      suggestion: error instanceof sdk.RegistrationRejectedError
        ? "It lets no client register itself: give it clientId, and clientSecret if it has one."
        : "Try again, or ask whoever runs the server.",
      cause: error,
    });
  }
}

function otherIssuer(what: string, cause: unknown): AirlockError {
  return new AirlockError("permission_denied", `${what}: another issuer answered`, {
    stage: "request",
    suggestion: "Do not go on: somebody may be in between. Begin again, and look where it leads.",
    cause,
  });
}
