import type { JsonObject, JsonValue } from "../../spec/json.ts";

/** One message that a {@linkcode FakeUpstream} was sent. */
export interface UpstreamMessage {
  /** `undefined` for answers to what the server asked. */
  readonly method: string | undefined;
  readonly params: JsonObject;
  readonly id: JsonValue | undefined;
  readonly error: JsonValue | undefined;
  readonly path: string;
  readonly authorization: string | null;
  readonly session: string | null;
  readonly headers: Headers;
}

/** What it answers: a result, a whole response, or what it always does. */
export type UpstreamAnswer = JsonObject | Response | undefined;

/** Options of {@linkcode FakeUpstream}. */
export interface FakeUpstreamOptions {
  readonly tools?: readonly JsonObject[];
  /** Answers in place of what it always does. */
  readonly answer?: (message: UpstreamMessage) => UpstreamAnswer | Promise<UpstreamAnswer>;
  /** Answers what is no message; 405 where absent. */
  readonly get?: (request: Request) => Response;
  /** 127.0.0.1 where absent. */
  readonly hostname?: string;
}

/** A tool that says who asked. */
export const WHO: JsonObject = {
  ...{ name: "who", description: "Says who asks", inputSchema: { type: "object" } },
};

/**
 * A server of the session era over HTTP that remembers what it was sent, and can be made to behave
 * badly: for tests only.
 */
export class FakeUpstream implements AsyncDisposable {
  readonly #options: FakeUpstreamOptions;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #stop = new AbortController();
  readonly messages: UpstreamMessage[] = [];
  /** Sessions by the credentials that they were begun with. */
  readonly sessions = new Map<string, string | null>();
  tools: readonly JsonObject[];

  constructor(options: FakeUpstreamOptions = {}) {
    this.#options = options;
    this.tools = options.tools ?? [WHO];
    this.#server = Deno.serve({
      ...{ hostname: options.hostname ?? "127.0.0.1", port: 0, onListen: () => {} },
      signal: this.#stop.signal,
    }, (request) => this.#handle(request));
  }

  get port(): number {
    return this.#server.addr.port;
  }

  get url(): string {
    return `http://${this.#options.hostname ?? "127.0.0.1"}:${this.port}/mcp`;
  }

  /** How often it was sent a message of that method. */
  count(method: string): number {
    return this.messages.filter((message) => message.method === method).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#server.finished;
  }

  async #handle(request: Request): Promise<Response> {
    if (request.method !== "POST") {
      return this.#options.get?.(request) ?? new Response(null, { status: 405 });
    }
    const { id, method, params = {}, error }: Partial<UpstreamMessage> = await request.json();
    const message: UpstreamMessage = {
      ...{ id, method, params, error, headers: request.headers },
      path: new URL(request.url).pathname,
      authorization: request.headers.get("authorization"),
      session: request.headers.get("mcp-session-id"),
    };
    this.messages.push(message);
    const own = await this.#options.answer?.(message);
    if (own instanceof Response) return own;
    if (id === undefined || method === undefined) return new Response(null, { status: 202 });
    const result = own ?? this.#answer(message);
    const headers: Record<string, string> = {};
    if (method === "initialize") {
      const session = crypto.randomUUID();
      this.sessions.set(session, message.authorization);
      headers["mcp-session-id"] = session;
    }
    const isKnown = message.session === null || this.sessions.has(message.session);
    if (!isKnown) return new Response("unknown session", { status: 404 });
    const body = result === undefined
      ? { jsonrpc: "2.0", id, error: { code: -32601, message: "unknown method" } }
      : { jsonrpc: "2.0", id, result };
    return Response.json(body, { headers });
  }

  #answer({ method, params, authorization, session }: UpstreamMessage): JsonObject | undefined {
    switch (method) {
      case "initialize":
        return {
          protocolVersion: "2025-06-18",
          capabilities: { tools: { listChanged: true } },
          serverInfo: { name: "fake", version: "1.0.0" },
        };
      case "tools/list":
        return { tools: this.tools };
      case "tools/call": {
        const text = JSON.stringify({ authorization, session, args: params["arguments"] ?? null });
        return { content: [{ type: "text", text }] };
      }
      default:
        return undefined;
    }
  }
}
