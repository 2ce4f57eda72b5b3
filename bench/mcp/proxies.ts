import type { LineTransport } from "./mcp_line.ts";

/** What a proxy is started with. */
export interface ProxyPlan {
  readonly port: number;
  /** The stdio server behind it, word by word. */
  readonly server: readonly [string, ...string[]];
  /** Where a configuration file may be. */
  readonly configFile: string;
}

/** Another program that stands between MCP clients and a server, measured where it installs. */
export interface Proxy {
  /** Package of npm, and its program. */
  readonly name: string;
  readonly version: string;
  readonly args: (plan: ProxyPlan) => readonly string[];
  /** Contents of the configuration file; none where it needs none. */
  readonly config?: (plan: ProxyPlan) => string;
  readonly transport: LineTransport;
  /** Sessions that are held to measure what one takes. */
  readonly heldSessions: number;
  readonly note: string;
}

/** All that are measured, in the order of the report; each has a stdio server behind it. */
export const PROXIES: readonly Proxy[] = [
  {
    ...{ name: "mcp-proxy", version: "6.7.19", transport: "streamable-http", heldSessions: 200 },
    args: ({ port, server }) => [
      ...["--host", "127.0.0.1", "--port", String(port), "--server", "stream", "--", ...server],
    ],
    note: "one child for all",
  },
  {
    ...{ name: "supergateway", version: "4.0.0", transport: "streamable-http", heldSessions: 10 },
    args: ({ port, server }) => [
      ...["--stdio", server.join(" "), "--outputTransport", "streamableHttp", "--stateful"],
      ...["--logLevel", "none", "--port", String(port)],
    ],
    note: "a child for each session",
  },
  {
    ...{ name: "mcp-hub", version: "4.2.1", transport: "sse", heldSessions: 200 },
    args: ({ port, configFile }) => ["--port", String(port), "--config", configFile],
    config: ({ server: [command, ...args] }) =>
      JSON.stringify({ mcpServers: { echo: { command, args } } }),
    note: "one child for all; serves the older transport",
  },
];
