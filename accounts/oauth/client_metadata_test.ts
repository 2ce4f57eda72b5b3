import assert from "node:assert/strict";
import { isDocumentId, parseClientDocument, parseRegistration } from "./client_metadata.ts";
import { UNNAMED_CLIENT } from "./oauth_client.ts";

const URIS = ["https://app.example/cb"];
const ID = "https://app.example/client.json";

Deno.test("parseRegistration() takes names as they can be shown", () => {
  const nameOf = (client_name: unknown) =>
    parseRegistration({ redirect_uris: URIS, client_name }).name;
  assert.equal(nameOf("Claude"), "Claude");
  assert.equal(nameOf("evil\u202egnp\n\0x"), "evil gnp x");
  for (const nothing of [undefined, 7, "", "\u200b", {}]) {
    assert.equal(nameOf(nothing), UNNAMED_CLIENT);
  }
  assert.equal(nameOf("💥".repeat(500)), "💥".repeat(100));
});

Deno.test("parseRegistration() needs addresses", () => {
  for (const redirect_uris of [undefined, [], "https://a.example", [1], Array(11).fill(URIS[0])]) {
    assert.throws(() => parseRegistration({ redirect_uris }), {
      details: { oauthError: "invalid_redirect_uri" },
    });
  }
});

Deno.test("isDocumentId() takes addresses that can be written in one way only", () => {
  assert.ok(isDocumentId(ID));
  const others = [
    ...["cli_1", "http://app.example/c", "https://app.example/", "https://app.example"],
    ...["https://app.example/a/../c", "https://APP.example/c", "https://a:b@app.example/c"],
    ...["https://app.example/c#x", "https://app.example:443/c", "https://app.example/./c"],
  ];
  for (const id of others) assert.ok(!isDocumentId(id), id);
});

Deno.test("parseClientDocument() believes a document only of itself", () => {
  const good = {
    client_id: ID,
    redirect_uris: URIS,
    client_name: "App",
    jwks_uri: "https://x.example",
  };
  assert.deepEqual(parseClientDocument(ID, good), { id: ID, name: "App", redirectUris: URIS });
  const bad = [
    ...[null, [], "x", { ...good, client_id: `${ID}x` }, { ...good, redirect_uris: [] }],
    ...[{ ...good, redirect_uris: ["javascript:alert(1)"] }],
    ...[{ ...good, token_endpoint_auth_method: "client_secret_post" }],
  ];
  for (const body of bad) {
    assert.throws(() => parseClientDocument(ID, body), { code: "unauthenticated" });
  }
});
