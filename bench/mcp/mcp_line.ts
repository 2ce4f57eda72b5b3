import { HttpLine } from "./http_line.ts";

/** How a server is spoken to. */
export type LineTransport = "streamable-http" | "sse";

/** A tool and what it is called with. */
export interface LineCall {
  readonly tool: string;
  readonly args: object;
}

const INITIALIZE = {
  protocolVersion: "2025-06-18",
  capabilities: {},
  clientInfo: { name: "bench", version: "1" },
};

/** A client of the session era that waits for each answer. Whoever opened it closes it. */
export class McpLine implements Disposable {
  readonly #lines: readonly HttpLine[];
  readonly #send: (message: object) => Promise<string>;
  #next = 1;

  private constructor(lines: readonly HttpLine[], send: (message: object) => Promise<string>) {
    this.#lines = lines;
    this.#send = send;
  }

  /** Connects and shakes hands. */
  static async open(url: URL, transport: LineTransport): Promise<McpLine> {
    const client = transport === "sse" ? await openSse(url) : await openStreamable(url);
    await client.ask("initialize", INITIALIZE);
    await client.#send({ jsonrpc: "2.0", method: "notifications/initialized" });
    return client;
  }

  static of(lines: readonly HttpLine[], send: (message: object) => Promise<string>): McpLine {
    return new McpLine(lines, send);
  }

  /** Names of the tools on the first page. */
  async toolNames(): Promise<readonly string[]> {
    const text = await this.ask("tools/list", {});
    return [...text.matchAll(/"name":"([^"]+)"/g)].map(([, name = ""]) => name);
  }

  /** @throws {Error} where the answer is not a result of a tool. */
  async call({ tool, args }: LineCall): Promise<void> {
    const text = await this.ask("tools/call", { name: tool, arguments: args });
    if (!text.includes('"content"') || text.includes('"isError":true')) {
      throw new Error(`call tool: ${text.slice(0, 300)}`);
    }
  }

  /** The message that answers. @throws {Error} where that is an error. */
  async ask(method: string, params: object): Promise<string> {
    const text = await this.#send({ jsonrpc: "2.0", id: this.#next++, method, params });
    if (!text.includes('"result"')) throw new Error(`${method}: ${text.slice(0, 300)}`);
    return text;
  }

  [Symbol.dispose](): void {
    for (const line of this.#lines) line[Symbol.dispose]();
  }
}

const HEADERS = {
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
};

async function openStreamable(url: URL): Promise<McpLine> {
  const line = await HttpLine.open(url);
  const headers: Record<string, string> = { ...HEADERS };
  return McpLine.of([line], async (message) => {
    const body = JSON.stringify(message);
    const answer = await line.ask({ method: "POST", path: url.pathname, headers, body });
    const session = answer.headers.get("mcp-session-id");
    if (session !== undefined) headers["mcp-session-id"] = session;
    headers["mcp-protocol-version"] = INITIALIZE.protocolVersion;
    return (await Array.fromAsync(answer.body)).join("");
  });
}

/** Posts go over a second connection, answers come as events of the first. */
async function openSse(url: URL): Promise<McpLine> {
  const [stream, posts] = [await HttpLine.open(url), await HttpLine.open(url)];
  const { pathname } = url;
  const { body } = await stream.ask({ method: "GET", path: pathname, headers: HEADERS });
  let unread = "";
  const event = async () => {
    while (!unread.includes("\n\n")) {
      const { value, done } = await body.next();
      if (done) throw new Error("read events: they have ended");
      unread += value.replaceAll("\r\n", "\n");
    }
    const at = unread.indexOf("\n\n");
    const text = unread.slice(0, at);
    unread = unread.slice(at + 2);
    return text;
  };
  const endpoint = new URL((await event()).replace(/^[^]*data: /, ""), url);
  return McpLine.of([stream, posts], async (message) => {
    const path = `${endpoint.pathname}${endpoint.search}`;
    const answer = await posts.ask({
      ...{ method: "POST", path, headers: HEADERS, body: JSON.stringify(message) },
    });
    await Array.fromAsync(answer.body);
    if (!("id" in message)) return "";
    const mark = `"id":${message.id}`;
    while (true) {
      const text = await event();
      if (text.includes(mark)) return text;
    }
  });
}
