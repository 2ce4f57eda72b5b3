import type { EgressResponse } from "../../spec/egress.ts";
import { isJsonObject } from "../../spec/json.ts";

/** How an answer is handed on. */
export interface PassOptions {
  readonly method: string;
  /** Called once, when nothing more comes. */
  readonly onEnd: () => void;
}

/** Most of a stream that is looked at for its first event. */
const MAX_LOOK_CHARACTERS = 64 * 1024;

/** How long the stream of a request that has its answer may stay open: it usually ends by itself at once. */
const LINGER_MS = 1_000;

/**
 * What a server answered, for the SDK. Where that is one message it is given whole, also where the
 * server sends it as the only event of a stream: each stream that the SDK reads is three of its own.
 */
export async function passAnswer(
  response: EgressResponse,
  { method, onEnd }: PassOptions,
): Promise<Response> {
  const { status, statusText, body } = response;
  const headers = new Headers(response.headers.map(([name, value]) => [name, value]));
  if (body === null) {
    onEnd();
    return new Response(null, { status, statusText, headers });
  }
  const answer = new Answer(body, onEnd);
  const type = headers.get("content-type") ?? "";
  if (method === "POST" && type.startsWith("application/json")) {
    return new Response(await answer.whole(), { status, statusText, headers });
  }
  if (method === "POST" && type.startsWith("text/event-stream")) {
    const only = await answer.onlyMessage();
    if (only !== undefined) {
      headers.set("content-type", "application/json");
      headers.delete("content-length");
      return new Response(only, { status, statusText, headers });
    }
  }
  return new Response(answer.rest(), { status, statusText, headers });
}

/** A body that is looked into before it is handed on. Read it in one way. */
class Answer {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #onEnd: () => void;
  readonly #seen: Uint8Array<ArrayBuffer>[] = [];
  #isEnded = false;

  constructor(body: ReadableStream<Uint8Array>, onEnd: () => void) {
    this.#reader = body.getReader();
    this.#onEnd = onEnd;
  }

  async whole(): Promise<string> {
    const decoder = new TextDecoder();
    let text = "";
    for (let piece = await this.#read(); piece !== null; piece = await this.#read()) {
      text += decoder.decode(piece, { stream: true });
    }
    return text + decoder.decode();
  }

  /** The answer to a request, where the stream begins with it: then it holds nothing else. */
  async onlyMessage(): Promise<string | undefined> {
    const decoder = new TextDecoder();
    let text = "";
    while (text.length < MAX_LOOK_CHARACTERS && !/\r?\n\r?\n/.test(text)) {
      const piece = await this.#read();
      if (piece === null) break;
      this.#seen.push(piece);
      text += decoder.decode(piece, { stream: true });
    }
    const message = messageOf(text.slice(0, /\r?\n\r?\n/.exec(text)?.index ?? 0));
    if (message !== undefined) void this.#drain();
    return message;
  }

  /** All of it, with what was looked at. */
  rest(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream({
      pull: async (controller) => {
        try {
          const piece = this.#seen.shift() ?? await this.#read();
          if (piece === null) controller.close();
          else controller.enqueue(piece);
        } catch (error) {
          controller.error(error);
        }
      },
      cancel: (reason) => this.#leave(reason),
    }, { highWaterMark: 0 });
  }

  async #read(): Promise<Uint8Array<ArrayBuffer> | null> {
    if (this.#isEnded) return null;
    try {
      const { done, value } = await this.#reader.read();
      if (!done) return Uint8Array.from(value);
      this.#end();
      return null;
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  async #drain(): Promise<void> {
    const timer = setTimeout(() => void this.#leave("answered"), LINGER_MS);
    try {
      while (await this.#read() !== null);
    } catch {
      // It has what it asked for: how the stream ends is of no interest.
    } finally {
      clearTimeout(timer);
    }
  }

  async #leave(reason: unknown): Promise<void> {
    this.#end();
    // Nobody is told of how it ends: whoever reads has gone, or has what it asked for.
    await this.#reader.cancel(reason).catch(() => {});
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#onEnd();
  }
}

/** The message of an event that has nothing but one, and answers a request. */
function messageOf(event: string): string | undefined {
  const lines = event.split(/\r?\n/).filter((line) => line !== "event: message");
  const [line = ""] = lines;
  if (lines.length !== 1 || !line.startsWith("data:")) return undefined;
  const data = line.slice("data:".length);
  try {
    const message: unknown = JSON.parse(data);
    const isAnswer = isJsonObject(message) && "id" in message && !("method" in message);
    return isAnswer ? data : undefined;
  } catch {
    return undefined; // Whoever reads the stream says what is wrong with it.
  }
}
