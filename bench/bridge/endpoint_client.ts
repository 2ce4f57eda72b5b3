import type { JsonObject } from "../../spec/json.ts";
import type { BenchClient } from "./bench_client.ts";
import type { BenchGateway } from "./bench_gateway.ts";

const PROTOCOL = "2026-07-28";

const NAME = "bench--echo";

const META = {
  "io.modelcontextprotocol/protocolVersion": PROTOCOL,
  "io.modelcontextprotocol/clientInfo": { name: "bench", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

/** The least that an MCP client can be at the endpoint of a collection. */
export class EndpointClient implements BenchClient {
  readonly #url: string;
  readonly #key: string;
  #next = 1;

  private constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
  }

  /** Makes a collection with that tool of a bridge. */
  static async open(
    gateway: BenchGateway,
    { toolId }: { readonly toolId: string },
  ): Promise<EndpointClient> {
    const made = await gateway.ask("/api/collections", { name: "bench" }) as { id: string };
    await gateway.ask(`/api/collections/${made.id}/bridge-tools`, { toolId });
    const { url, tenant, key } = gateway.opened;
    return new EndpointClient(`${url}/mcp/${tenant}/${made.id}`, key);
  }

  async call(args: JsonObject): Promise<void> {
    await this.#ask("tools/call", { name: NAME, arguments: args });
  }

  /** A list of one tool, which no bridge is asked for: what the endpoint takes by itself. */
  async list(): Promise<void> {
    await this.#ask("tools/list", {});
  }

  async #ask(method: string, more: JsonObject): Promise<void> {
    const params = { ...more, _meta: META };
    const response = await fetch(this.#url, {
      method: "POST",
      headers: {
        authorization: `Bearer ${this.#key}`,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": PROTOCOL,
        "mcp-method": method,
        ...(method === "tools/call" && { "mcp-name": NAME }),
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: this.#next++, method, params }),
    });
    const text = await response.text();
    if (!text.includes('"result"')) throw new Error(`ask endpoint: ${text}`);
  }
}
