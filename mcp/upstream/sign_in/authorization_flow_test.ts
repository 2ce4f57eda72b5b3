import assert from "node:assert/strict";
import { failsWith } from "../../../tests/support/fails_with.ts";
import { FakeAuthorization } from "../../../tests/support/fake_authorization.ts";
import { FakeUpstream } from "../../../tests/support/fake_upstream.ts";
import { upstreamTools } from "../../../tests/support/upstream_world.ts";
import { beginFlow, endFlow, renewTokens, revokeTokens } from "./authorization_flow.ts";
import { createCheckedFetch } from "./checked_fetch.ts";
import { signInRequired } from "./sign_in_errors.ts";

const REDIRECT = "http://127.0.0.1:8787/oauth/upstream/callback";

Deno.test("a flow finds where to sign in, and asks for tokens there and nowhere else", async (t) => {
  await using authorization = new FakeAuthorization();
  let resource: string | undefined;
  await using upstream: FakeUpstream = new FakeUpstream({
    get: ({ url }) =>
      url.includes("oauth-protected-resource")
        ? Response.json({
          resource: resource ?? upstream.url,
          authorization_servers: [authorization.issuer],
        })
        : new Response(null, { status: 405 }),
  });
  const { url } = upstream;
  const fetchFn = createCheckedFetch(upstreamTools({ allow: ["127.0.0.0/8"] }));
  const begin = (ownClient?: { clientId: string; clientSecret?: string }) =>
    beginFlow({ url, redirectUri: REDIRECT, state: "s", ownClient }, fetchFn);

  await t.step("with PKCE and the server as the resource", async () => {
    const { begun, address } = await begin();
    const { searchParams: asked } = new URL(address);
    assert.equal(asked.get("code_challenge_method"), "S256");
    assert.deepEqual([asked.get("resource"), asked.get("client_id")], [url, "client_1"]);
    const code = authorization.allow(address, "ann").searchParams.get("code") ?? "";
    const iss = authorization.issuer;
    for (const wrong of [{ code, iss: "https://elsewhere.example" }, { code }]) {
      await failsWith(endFlow(begun, wrong, fetchFn), { code: "permission_denied" });
    }
    const tokens = await endFlow(begun, { code, iss }, fetchFn);
    assert.equal(authorization.tokens.get(tokens.access_token), "ann");
    await failsWith(endFlow(begun, { code, iss }, fetchFn), { code: "upstream_failed" });
    const renewed = await renewTokens(begun, tokens.refresh_token ?? "", fetchFn);
    assert.equal(authorization.tokens.get(renewed?.access_token ?? ""), "ann");
    assert.equal(await renewTokens(begun, tokens.refresh_token ?? "", fetchFn), null);
    await revokeTokens({ place: begun, tokens }, fetchFn);
    assert.deepEqual(authorization.revoked, [tokens.refresh_token]);
  });
  await t.step("as a client of one's own, where that is wanted", async () => {
    const { address } = await begin({ clientId: "mine" });
    assert.equal(new URL(address).searchParams.get("client_id"), "mine");
  });
  await t.step("not for another server, nor where addresses are not public", async () => {
    resource = "https://elsewhere.example/mcp";
    await failsWith(begin(), { code: "upstream_failed" });
    resource = undefined;
    authorization.metadata = { issuer: "https://elsewhere.example" };
    await failsWith(begin(), { code: "permission_denied" });
    authorization.metadata = { authorization_endpoint: "javascript:alert(1)" };
    await failsWith(begin(), { code: "upstream_failed" });
    const strict = createCheckedFetch(upstreamTools());
    await failsWith(strict(authorization.issuer), { code: "permission_denied" });
    await failsWith(strict("https://169.254.169.254/token"), { code: "permission_denied" });
  });
});

Deno.test("signInRequired() says where to sign in", () => {
  const error = signInRequired({ collectionId: "col_1", serverId: "srv_1", name: "issues" });
  assert.equal(error.code, "sign_in_required");
  assert.equal(error.details["signIn"], "/api/collections/col_1/servers/srv_1/sign-in");
});
