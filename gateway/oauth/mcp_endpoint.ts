/** One endpoint of MCP, as clients connect to it and as tokens are for it. */
export interface McpEndpoint {
  /** `/mcp` or `/mcp/{user}/{collection}`, whichever transport and whichever older path it is. */
  readonly path: string;
  /** Absent: everything of the account. */
  readonly collection?: { readonly user: string; readonly collection: string };
}

const PATH = /^\/(?:api\/)?mcp\/([0-9A-Za-z_-]{1,128})\/([0-9A-Za-z_-]{1,128})(\/(?:sse|http))?$/;

/** The endpoint that a path is of; `undefined` for every other path, and for other ways to write one. */
export function mcpEndpointOf(path: string): McpEndpoint | undefined {
  if (path === "/mcp") return { path };
  const [, user, collection, transport = ""] = PATH.exec(path) ?? [];
  if (user === undefined || collection === undefined) return undefined;
  // Below `/api` there is no path without a transport, and elsewhere none that ends in `http`.
  if (path.startsWith("/api/") ? transport === "" : transport === "/http") return undefined;
  return { path: `/mcp/${user}/${collection}`, collection: { user, collection } };
}
