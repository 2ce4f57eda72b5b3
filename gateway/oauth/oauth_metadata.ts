/** The only scope there is for clients that sign in. */
export const CLIENT_SCOPE = "mcp:execute";

/** What a resource says of itself (RFC 9728 §2). `origin` is the gateway's, `path` the endpoint's. */
export function resourceMetadata(origin: string, path: string) {
  return {
    resource: `${origin}${path}`,
    resource_name: "Airlock",
    authorization_servers: [origin],
    scopes_supported: [CLIENT_SCOPE],
    bearer_methods_supported: ["header"],
  };
}

/** Where the metadata of a resource is (RFC 9728 §3.1). */
export function resourceMetadataUrl(origin: string, path: string): string {
  return `${origin}/.well-known/oauth-protected-resource${path}`;
}

/** What the authorisation server says of itself (RFC 8414 §2). */
export function serverMetadata(origin: string) {
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/oauth/authorize`,
    token_endpoint: `${origin}/oauth/token`,
    registration_endpoint: `${origin}/oauth/register`,
    revocation_endpoint: `${origin}/oauth/revoke`,
    scopes_supported: [CLIENT_SCOPE],
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: ["authorization_code", "refresh_token"],
    // A program on somebody's machine keeps no secret; PKCE binds a code to who asked for it.
    token_endpoint_auth_methods_supported: ["none"],
    revocation_endpoint_auth_methods_supported: ["none"],
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
  };
}
