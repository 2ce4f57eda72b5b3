import assert from "node:assert/strict";
import { mcpEndpointOf } from "./mcp_endpoint.ts";

Deno.test("mcpEndpointOf() knows each path of an endpoint, written in one way", () => {
  assert.deepEqual(mcpEndpointOf("/mcp"), { path: "/mcp" });
  const ways = ["/mcp/me/a-b", "/mcp/me/a-b/sse", "/api/mcp/me/a-b/http", "/api/mcp/me/a-b/sse"];
  for (const way of ways) assert.equal(mcpEndpointOf(way)?.path, "/mcp/me/a-b", way);
  const others = [
    ...["", "/", "/mcp/", "/mcp/me", "/mcp/call", "/mcp/me/a/", "/mcp/me/a/http", "/api/mcp/me/a"],
    ...[
      "/mcp/me/a%2db",
      "/mcp/me/../x",
      "//mcp",
      "/MCP",
      "/mcp/me/a/sse/x",
      "/api/me",
      "/mcp/me/a\n",
    ],
    ...[`/mcp/me/${"x".repeat(129)}`],
  ];
  for (const path of others) assert.equal(mcpEndpointOf(path), undefined, path);
});
