import { fileURLToPath } from "node:url";
import type { JsonObject } from "../../spec/json.ts";
import type { BenchClient } from "./bench_client.ts";

/** The command of the server that is called. */
export const STDIO_SERVER: readonly [string, ...string[]] = [
  "node",
  fileURLToPath(new URL("../servers/stdio_server/stdio_server.mjs", import.meta.url)),
];

/** The least that an MCP client over stdio can be: what any other client adds is not counted. */
export class StdioClient implements BenchClient, AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #waiting = new Map<number, (message: JsonObject) => void>();
  readonly #reading: Promise<void>;
  #next = 1;

  private constructor() {
    const [program, ...args] = STDIO_SERVER;
    this.#child = new Deno.Command(program, {
      ...{ args, stdin: "piped", stdout: "piped", stderr: "inherit" },
    }).spawn();
    this.#stdin = this.#child.stdin.getWriter();
    this.#reading = this.#read();
  }

  /** Starts the server, and waits until it answers. */
  static async start(): Promise<StdioClient> {
    const client = new StdioClient();
    const clientInfo = { name: "bench", version: "1" };
    await client.#ask("initialize", {
      ...{ protocolVersion: "2025-06-18", capabilities: {}, clientInfo },
    });
    return client;
  }

  async call(args: JsonObject): Promise<void> {
    const { result } = await this.#ask("tools/call", { name: "echo", arguments: args });
    if (result === undefined) throw new Error("call tool: there is no result");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stdin.close();
    await this.#child.status;
    await this.#reading;
  }

  async #ask(method: string, params: JsonObject): Promise<JsonObject> {
    const id = this.#next++;
    const { promise, resolve } = Promise.withResolvers<JsonObject>();
    this.#waiting.set(id, resolve);
    const text = `${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`;
    await this.#stdin.write(new TextEncoder().encode(text));
    return await promise;
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const message: JsonObject & { readonly id: number } = JSON.parse(line);
        this.#waiting.get(message.id)?.(message);
        this.#waiting.delete(message.id);
      }
    }
  }
}
