/** An answer of {@linkcode HttpLine}. */
export interface LineAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Parts of the body as they arrive. */
  readonly body: AsyncGenerator<string>;
}

/** What {@linkcode HttpLine.ask} sends. */
export interface LineRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * One kept connection that asks one thing after another. Raw TCP, since `fetch` would cost more than
 * what is measured. Whoever opened it closes it.
 */
export class HttpLine implements Disposable {
  #tcp: Deno.TcpConn;
  readonly #url: URL;
  readonly #buffer = new Uint8Array(64 * 1024);
  readonly #decoder = new TextDecoder("latin1");
  #unread = "";

  private constructor(tcp: Deno.TcpConn, url: URL) {
    this.#tcp = tcp;
    this.#url = url;
  }

  static async open(url: URL): Promise<HttpLine> {
    return new HttpLine(await connect(url), url);
  }

  /** Sends a request; its body must be read to the end before the next one. */
  async ask(request: LineRequest): Promise<LineAnswer> {
    try {
      return await this.#ask(request);
    } catch (error) {
      // Servers close connections that nobody used for a while.
      if (!(error instanceof Closed) || this.#unread !== "") throw error;
      this.#tcp.close();
      this.#tcp = await connect(this.#url);
      return await this.#ask(request);
    }
  }

  async #ask({ method, path, headers, body = "" }: LineRequest): Promise<LineAnswer> {
    const all = { ...headers, host: this.#url.host, "content-length": String(body.length) };
    const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const bytes = new TextEncoder().encode(`${method} ${path} HTTP/1.1\r\n${head}\r\n${body}`);
    for (let sent = 0; sent < bytes.length;) {
      sent += await this.#tcp.write(bytes.subarray(sent)).catch((cause) => {
        throw new Closed("send request: the connection was closed", { cause });
      });
    }
    const lines = (await this.#until("\r\n\r\n")).split("\r\n");
    const answered = new Map(
      lines.slice(1).map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
      }),
    );
    return {
      status: Number(lines[0]?.slice(9, 12)),
      headers: answered,
      body: this.#body(answered),
    };
  }

  async *#body(headers: ReadonlyMap<string, string>): AsyncGenerator<string> {
    if (headers.get("transfer-encoding") !== "chunked") {
      yield await this.#take(Number(headers.get("content-length") ?? 0));
      return;
    }
    while (true) {
      const size = parseInt(await this.#until("\r\n"), 16);
      const chunk = await this.#take(size);
      await this.#take(2);
      if (size === 0) return;
      yield chunk;
    }
  }

  async #until(mark: string): Promise<string> {
    while (!this.#unread.includes(mark)) await this.#read();
    const at = this.#unread.indexOf(mark);
    const found = this.#unread.slice(0, at);
    this.#unread = this.#unread.slice(at + mark.length);
    return found;
  }

  async #take(length: number): Promise<string> {
    while (this.#unread.length < length) await this.#read();
    const taken = this.#unread.slice(0, length);
    this.#unread = this.#unread.slice(length);
    return taken;
  }

  async #read(): Promise<void> {
    const count = await this.#tcp.read(this.#buffer).catch(() => null);
    if (count === null) throw new Closed("read answer: the connection was closed");
    this.#unread += this.#decoder.decode(this.#buffer.subarray(0, count));
  }

  [Symbol.dispose](): void {
    this.#tcp.close();
  }
}

class Closed extends Error {
  override readonly name = "Closed";
}

async function connect(url: URL): Promise<Deno.TcpConn> {
  const tcp = await Deno.connect({ hostname: url.hostname, port: Number(url.port) });
  tcp.setNoDelay(true);
  return tcp;
}
