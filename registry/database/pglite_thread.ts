import { AirlockError } from "../../spec/errors.ts";
import type { PgliteReply, PgliteRequest } from "./pglite_messages.ts";

/** Longest wait for PGlite to write what it holds and to end. */
const CLOSE_MS = 10_000;

type Pending = ReturnType<typeof Promise.withResolvers<PgliteReply>>;

/** PGlite in a thread of its own. Its owner closes it, and holds the directory's lock until then. */
export class PgliteThread {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #pending: Pending[] = [];
  readonly #lost = Promise.withResolvers<AirlockError>();
  #failure: AirlockError | undefined;

  private constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(new URL("./pglite_worker.ts", import.meta.url), {
      type: "module",
      name: "pglite",
    });
    this.#worker.addEventListener("error", (event) => {
      // Otherwise it would end this process.
      event.preventDefault();
      this.#lose(event.message);
    });
    this.#port.onmessage = ({ data }: MessageEvent<PgliteReply>) => this.#hear(data);
    this.#worker.postMessage(port2, [port2]);
  }

  /**
   * Starts one on a directory, or in memory.
   * @throws {AirlockError} `upstream_failed` where it cannot be opened.
   */
  static async open(
    { directory, prepared }: { readonly directory: string | undefined; readonly prepared: boolean },
  ): Promise<PgliteThread> {
    const thread = new PgliteThread();
    try {
      await thread.#ask({ type: "open", directory, prepared });
      return thread;
    } catch (error) {
      thread.#end();
      throw error;
    }
  }

  /** Resolves to what is wrong when it has broken; not when it was closed. */
  get lost(): Promise<AirlockError> {
    return this.#lost.promise;
  }

  /**
   * What PGlite answers to whole messages of PostgreSQL's protocol.
   * @throws {AirlockError} `upstream_failed` when it has broken.
   */
  async run(group: Uint8Array): Promise<Uint8Array> {
    const reply = await this.#ask({ type: "run", group: new Uint8Array(group) });
    return reply.type === "answer" ? reply.bytes : new Uint8Array();
  }

  /** Ends it. Resolves to whether it has: a thread that computes cannot be stopped. */
  async close(): Promise<boolean> {
    const late = Promise.withResolvers<false>();
    const timer = setTimeout(late.resolve, CLOSE_MS, false);
    // One that is broken has nothing to write any more, and waits for messages.
    const closed = this.#ask({ type: "close" }).then(() => true, () => true);
    const hasEnded = await Promise.race([closed, late.promise]);
    clearTimeout(timer);
    this.#end();
    return hasEnded;
  }

  #ask(request: PgliteRequest): Promise<PgliteReply> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const pending = Promise.withResolvers<PgliteReply>();
    this.#pending.push(pending);
    this.#port.postMessage(request, request.type === "run" ? [request.group.buffer] : []);
    return pending.promise;
  }

  #hear(reply: PgliteReply): void {
    if (reply.type === "lost") this.#lose(reply.reason);
    else this.#pending.shift()?.resolve(reply);
  }

  #lose(reason: string): void {
    this.#lost.resolve(this.#fail(reason));
  }

  /** Nobody is answered any more. */
  #fail(reason: string): AirlockError {
    this.#failure ??= new AirlockError("upstream_failed", "Asking the database: it broke", {
      suggestion: "It is opened again by itself; send the request again shortly.",
      retryable: true,
      cause: new Error(reason),
    });
    for (const pending of this.#pending.splice(0)) pending.reject(this.#failure);
    return this.#failure;
  }

  #end(): void {
    this.#fail("it was closed");
    this.#port.close();
    this.#worker.terminate();
  }
}
