import assert from "node:assert/strict";
import { resourceMetadata, resourceMetadataUrl, serverMetadata } from "./oauth_metadata.ts";

Deno.test("serverMetadata() names what there is, below the origin and nowhere else", () => {
  const origin = "https://airlock.example";
  const metadata = serverMetadata(origin);
  const addresses = Object.entries(metadata).filter(([name]) => name.endsWith("_endpoint"));
  assert.equal(addresses.length, 4);
  for (const [, url] of addresses) assert.ok(String(url).startsWith(`${origin}/oauth/`));
  assert.deepEqual(metadata.code_challenge_methods_supported, ["S256"]);
  assert.deepEqual(metadata.token_endpoint_auth_methods_supported, ["none"]);
});

Deno.test("resourceMetadata() is of the resource whose address it has", () => {
  const { resource, authorization_servers } = resourceMetadata("https://a.example", "/mcp/me/x");
  assert.equal(resource, "https://a.example/mcp/me/x");
  assert.deepEqual(authorization_servers, ["https://a.example"]);
  assert.equal(
    resourceMetadataUrl("https://a.example", "/mcp/me/x"),
    "https://a.example/.well-known/oauth-protected-resource/mcp/me/x",
  );
});
