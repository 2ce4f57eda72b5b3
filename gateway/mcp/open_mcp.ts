import { createMcpHttp, type McpHttp } from "../../mcp/http/mcp_http.ts";
import { STREAM_BOUNDS } from "../../mcp/http/session_streams.ts";
import { SSE_BOUNDS, SseSessions } from "../../mcp/http/sse_sessions.ts";
import { createMcpDesk, type McpDesk, type McpDeskOptions } from "./create_mcp_desk.ts";

/** MCP over HTTP: what is served, and the two transports. */
export interface OpenMcp {
  readonly desk: McpDesk;
  readonly http: McpHttp;
  readonly sse: SseSessions;
}

/** Opens MCP; everything that is open ends when calls must stop. */
export function openMcp(
  options: McpDeskOptions & { readonly heartbeatMs: number },
): OpenMcp {
  const { heartbeatMs, stop } = options;
  const desk = createMcpDesk(options);
  const http = createMcpHttp(desk.tools, { ...STREAM_BOUNDS, heartbeatMs });
  const sse = new SseSessions(desk.tools, { ...SSE_BOUNDS, heartbeatMs });
  stop.addEventListener("abort", () => void Promise.all([http.close(), sse.close()]), {
    once: true,
  });
  return { desk, http, sse };
}
