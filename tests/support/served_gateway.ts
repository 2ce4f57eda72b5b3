import type { JsonValue } from "../../spec/json.ts";
import type { RuntimeKind } from "../../spec/sandbox.ts";
import type { ExecutionResult } from "../../spec/execution.ts";
import { descendantsOf, type TreeProcess } from "./process_tree.ts";

/** How a gateway is started. */
export interface ServedGatewayOptions {
  readonly dataDirectory: string;
  /** `AIRLOCK_` variables beside port and data directory. */
  readonly env?: Readonly<Record<string, string>>;
}

/** An answer to `POST /execute-tool`, with its HTTP status. */
export interface ServedAnswer {
  readonly status: number;
  readonly body: ExecutionResult & { readonly retryable?: boolean };
}

/** A real `main.ts serve` in a process of its own. Disposing kills it. */
export class ServedGateway implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #output: Promise<unknown>;
  /** Sent with each call, where the gateway asks for one. */
  readonly #apiKey: string | undefined;
  readonly #listening: Promise<void>;
  /** Resolves when the process has ended. */
  readonly status: Promise<Deno.CommandStatus>;
  #url = "";
  #log = "";

  private constructor(options: ServedGatewayOptions) {
    this.#apiKey = options.env?.AIRLOCK_API_KEY;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--frozen", "-A", "main.ts", "serve"],
      cwd: new URL("../..", import.meta.url),
      env: {
        AIRLOCK_PORT: "0",
        AIRLOCK_LOG_LEVEL: "error",
        AIRLOCK_DATA_DIR: options.dataDirectory,
        AIRLOCK_DEFAULT_SOURCE: "npm",
        ...options.env,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      // So that a signal to its process group is not one to the tests.
      detached: true,
    }).spawn();
    this.status = this.#child.status;
    const listening = Promise.withResolvers<void>();
    const collect = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
      for await (const text of stream.pipeThrough(new TextDecoderStream())) {
        this.#log += text;
        const url = /Airlock (http:\S+)/.exec(this.#log)?.[1];
        if (url !== undefined) {
          this.#url = url;
          listening.resolve();
        }
      }
    };
    this.#output = Promise.all([collect(this.#child.stdout), collect(this.#child.stderr)])
      .then(() => listening.reject(new Error(`the gateway ended: ${this.#log}`)));
    this.#listening = listening.promise;
  }

  /** Starts one and waits until it listens. */
  static async start(options: ServedGatewayOptions): Promise<ServedGateway> {
    const gateway = new ServedGateway(options);
    try {
      await gateway.#listening;
      return gateway;
    } catch (error) {
      await gateway[Symbol.asyncDispose]();
      throw error;
    }
  }

  get url(): string {
    return this.#url;
  }

  /** What it wrote, on both streams. */
  get log(): string {
    return this.#log;
  }

  /** Every process below it. */
  processes(): TreeProcess[] {
    return descendantsOf(this.#child.pid);
  }

  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** What Ctrl-C does in a terminal: every process of the gateway's group is interrupted. */
  interruptGroup(): void {
    Deno.kill(-this.#child.pid, "SIGINT");
  }

  /** `POST /execute-tool`. Rejects when the gateway goes away. */
  async call(
    request: {
      readonly packageName: string;
      readonly name: string;
      readonly version?: string;
      readonly runtime?: RuntimeKind;
      readonly params?: JsonValue;
      readonly permissions?: { readonly net: readonly string[] };
    },
  ): Promise<ServedAnswer> {
    const response = await fetch(`${this.#url}/execute-tool`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(this.#apiKey !== undefined && { "x-api-key": this.#apiKey }),
      },
      body: JSON.stringify(request),
    });
    return { status: response.status, body: await response.json() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      // Already gone, which is all that was wanted.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.status;
    await this.#output;
  }
}
