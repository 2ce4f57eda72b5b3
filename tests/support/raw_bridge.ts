import { PROTOCOL_VERSION } from "../../bridge/protocol/protocol_limits.ts";

/** How a socket was closed. */
export interface SocketEnd {
  readonly code: number;
  readonly reason: string;
}

interface Message {
  readonly type: string;
  readonly callId?: string;
}

/** How a {@linkcode RawBridge} connects. */
export interface RawBridgeOptions {
  readonly key?: string;
  readonly origin?: string;
  /** With its question mark. */
  readonly query?: string;
  /** Answers no pings. */
  readonly silent?: boolean;
}

/** A WebSocket to a gateway that sends whatever a test wants: for tests only. Disposing closes it. */
export class RawBridge implements AsyncDisposable {
  readonly received: Message[] = [];
  readonly opened: Promise<void>;
  readonly ended: Promise<SocketEnd>;
  readonly #socket: WebSocket;
  readonly #waiting: { readonly type: string; readonly found: (message: Message) => void }[] = [];

  constructor(
    gateway: string,
    { key, origin, query = "", silent = false }: RawBridgeOptions = {},
  ) {
    const url = `${gateway.replace("http", "ws")}/api/bridge${query}`;
    this.#socket = new WebSocket(url, {
      headers: {
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(origin !== undefined && { origin }),
      },
    });
    const opened = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<SocketEnd>();
    this.opened = opened.promise;
    this.ended = ended.promise;
    // Whoever wants to know waits for it.
    this.opened.catch(() => {});
    this.#socket.onopen = () => opened.resolve();
    this.#socket.onerror = () => opened.reject(new Error("it was refused"));
    this.#socket.onclose = ({ code, reason }) => ended.resolve({ code, reason });
    this.#socket.onmessage = ({ data }) => {
      const message: Message = JSON.parse(data);
      this.received.push(message);
      if (message.type === "ping" && !silent) this.send({ type: "pong" });
      const at = this.#waiting.findIndex(({ type }) => type === message.type);
      if (at >= 0) this.#waiting.splice(at, 1)[0]?.found(message);
    };
  }

  send(message: unknown): void {
    this.#socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  sendBytes(bytes: Uint8Array<ArrayBuffer>): void {
    this.#socket.send(bytes);
  }

  /** The next message of that type. */
  next(type: string): Promise<Message> {
    const { promise, resolve } = Promise.withResolvers<Message>();
    this.#waiting.push({ type, found: resolve });
    return promise;
  }

  /** Registers tools of one server called `raw`. */
  async register(tools: readonly string[], more: object = {}): Promise<Message> {
    await this.opened;
    const registered = this.next("registered");
    this.send(registerMessage(tools, more));
    return await registered;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.readyState <= WebSocket.OPEN) this.#socket.close(1000);
    await this.ended;
  }
}

/** What a bridge with these tools registers. */
export function registerMessage(tools: readonly string[], more: object = {}): object {
  return {
    ...{ type: "register", protocol: PROTOCOL_VERSION, name: "laptop", clientVersion: "1" },
    os: "linux",
    servers: [{ id: "raw", name: "Raw", tools: tools.map(rawTool) }],
    ...more,
  };
}

/** A tool of that name, as a bridge registers it. */
export function rawTool(name: string) {
  return { name, description: name, inputSchema: { type: "object" }, outputSchema: null };
}
