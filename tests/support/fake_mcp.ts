import type { McpAudience, McpSource, McpSourceTool, McpToolCall } from "../../spec/mcp_source.ts";
import type { McpToolResult } from "../../spec/mcp_content.ts";
import { ParkedCalls } from "../../mcp/asking/parked_calls.ts";
import { Library } from "../../mcp/library/library.ts";
import { assignNames } from "../../mcp/names/assign_names.ts";
import type { McpHttp } from "../../mcp/http/mcp_http.ts";
import type { McpServerTools } from "../../mcp/server/create_mcp_server.ts";
import type { McpPart } from "../../mcp/server/mcp_part.ts";
import { Toolbox } from "../../mcp/toolbox.ts";
import { keyCaller } from "./callers.ts";

/** A tool of a {@linkcode FakeMcpSource}: for tests only. */
export interface FakeMcpTool extends Partial<McpSourceTool> {
  readonly toolName: string;
  readonly call?: (call: McpToolCall) => Promise<McpToolResult> | McpToolResult;
}

/** A source that runs nothing, and remembers what it was asked: for tests only. */
export class FakeMcpSource implements McpSource {
  readonly calls: McpToolCall[] = [];
  readonly audiences: McpAudience[] = [];

  readonly #waiting: ((call: McpToolCall) => void)[] = [];

  constructor(readonly tools: readonly FakeMcpTool[]) {}

  /** The first call, once there is one. */
  firstCall(): Promise<McpToolCall> {
    const { promise, resolve } = Promise.withResolvers<McpToolCall>();
    const [call] = this.calls;
    if (call === undefined) this.#waiting.push(resolve);
    else resolve(call);
    return promise;
  }

  listTools(audience: McpAudience): Promise<readonly McpSourceTool[]> {
    this.audiences.push(audience);
    return Promise.resolve(this.tools.map(({ call: _, ...tool }) => ({
      ...{ key: tool.toolName, kind: "npm", sourceName: "@acme/tools", displayName: null },
      ...{ description: "", note: "", inputSchema: null, outputSchema: null },
      ...tool,
    })));
  }

  async callTool(call: McpToolCall): Promise<McpToolResult> {
    this.calls.push(call);
    for (const tell of this.#waiting.splice(0)) tell(call);
    const found = this.tools.find(({ toolName, key = toolName }) => key === call.key);
    return await found?.call?.(call) ??
      { content: [{ type: "text", text: JSON.stringify(call.args) }] };
  }
}

/** A fake source in a server's tools: for tests only. */
export interface FakeMcp {
  readonly source: FakeMcpSource;
  readonly tools: McpServerTools;
  /** What nobody foresaw. */
  readonly unexpected: unknown[];
}

/** Makes a {@linkcode FakeMcp}; names are given without a database. */
export function fakeMcp(tools: readonly FakeMcpTool[]): FakeMcp {
  const source = new FakeMcpSource(tools);
  const unexpected: unknown[] = [];
  const toolbox = new Toolbox({
    sources: [source],
    namesOf: (_scope, named) =>
      Promise.resolve(new Map(assignNames(named, []).map((one) => [one.key, one]))),
  });
  return {
    source,
    unexpected,
    tools: {
      ...{ toolbox, version: "1.2.3", onUnexpected: (error) => unexpected.push(error) },
      library: new Library([]),
      changes: {
        follow: () => ({ [Symbol.dispose]() {} }),
        watch: () => Promise.reject(new Error("not watched")),
      },
      parked: new ParkedCalls(),
    },
  };
}

/** A part of a collection: for tests only. */
export function fakePart(more: Partial<McpPart> = {}): McpPart {
  return {
    audience: { caller: keyCaller(), collectionId: "col_1" },
    title: "Mine",
    description: "",
    metaTools: "auto",
    ...more,
  };
}

/** `fetch` for clients that ends in a handler: for tests only. */
export function fetchInto(http: McpHttp, part: McpPart = fakePart()): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const text = await request.clone().text();
    const body = text === "" ? undefined : JSON.parse(text);
    return await http.fetch(request, { part, requestId: "req_1", body });
  };
}
