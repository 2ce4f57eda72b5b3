import assert from "node:assert/strict";
import { isRedirectUri, matchesRedirectUri, redirectHost } from "./redirect_uri.ts";

Deno.test("isRedirectUri() takes HTTPS, the own machine and schemes of clients", () => {
  const good = [
    ...["https://app.example/cb", "https://app.example/cb?x=1", "http://127.0.0.1/cb"],
    ...["http://localhost:1234/cb", "http://[::1]:1/", "cursor://anysphere.cursor-mcp/oauth"],
    ...["com.example.app:/callback", "vscode://host/x"],
  ];
  for (const uri of good) assert.ok(isRedirectUri(uri), uri);
  const bad = [
    ...["", "app", "/cb", "http://app.example/cb", "http://127.0.0.1.evil.example/cb"],
    ...["https://user:pw@app.example/", "https://app.example/#x", "https://app.example/#"],
    ...[
      "javascript:alert(1)",
      "javascript://%0aalert(1)",
      "data:text/html,x",
      "file:///etc/passwd",
    ],
    ...["ms-msdt://x", "intent://x", "blob:https://app.example/1", "cursor:", "http://0.0.0.0/cb"],
    ...[
      "https://app.example/\ncb",
      "https://app.example/ cb",
      `https://a.example/${"x".repeat(2_000)}`,
    ],
    ...["http://localhost.evil.example/", "http://127.1.evil/", "https://ünï.example/cb"],
  ];
  for (const uri of bad) assert.ok(!isRedirectUri(uri), uri);
});

Deno.test("matchesRedirectUri() is exact, but for the port of the own machine", () => {
  const matches = [
    ["https://app.example/cb", "https://app.example/cb"],
    ["http://127.0.0.1/cb", "http://127.0.0.1:4711/cb"],
    ["http://localhost:1/cb?a=1", "http://localhost:2/cb?a=1"],
    ["http://[::1]/cb", "http://[::1]:9/cb"],
  ] as const;
  for (const [one, other] of matches) assert.ok(matchesRedirectUri(one, other), other);
  const not = [
    ["https://app.example/cb", "https://app.example/cb/"],
    ["https://app.example/cb", "https://app.example/cb/../evil"],
    ["https://app.example/cb", "https://app.example/cb?x=1"],
    ["https://app.example/cb", "https://APP.example/cb"],
    ["https://app.example/cb", "https://app.example:8443/cb"],
    ["https://app.example/cb", "https://app.example.evil/cb"],
    ["https://app.example/cb", "http://app.example/cb"],
    ["http://127.0.0.1/cb", "http://localhost/cb"],
    ["http://127.0.0.1/cb", "http://127.0.0.1@evil.example/cb"],
    ["http://127.0.0.1/cb", "http://127.0.0.1:1/cb2"],
    ["http://127.0.0.1/cb", "https://127.0.0.1/cb"],
    ["cursor://a/cb", "cursor://b/cb"],
  ] as const;
  for (const [one, other] of not) assert.ok(!matchesRedirectUri(one, other), other);
});

Deno.test("redirectHost() names a host, or the program", () => {
  assert.equal(redirectHost("https://app.example:8443/x"), "app.example:8443");
  assert.equal(redirectHost("cursor://anything/x"), "cursor:");
});
