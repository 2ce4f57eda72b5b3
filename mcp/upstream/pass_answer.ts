import type { PulledResponse } from "../../runtime/egress/egress_call.ts";
import type { PulledBody } from "../../runtime/egress/pulled_body.ts";
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
  response: PulledResponse,
  { method, onEnd }: PassOptions,
): Promise<Response> {
  const { status, statusText, body } = response;
  const headers = response.headers.map(([name, value]): [string, string] => [name, value]);
  const init = { status, statusText, headers };
  if (body === null) {
    onEnd();
    return new Response(null, init);
  }
  const answer = new Answer(body, onEnd);
  try {
    return await passBody(answer, { method, init });
  } catch (error) {
    // Of a status that there is not, for one: nobody will read the rest.
    answer.leave();
    throw error;
  }
}

async function passBody(
  answer: Answer,
  { method, init }: {
    readonly method: string;
    readonly init: ResponseInit & { readonly headers: readonly [string, string][] };
  },
): Promise<Response> {
  const { headers, ...line } = init;
  const type = headers.find(([name]) => name === "content-type")?.[1] ?? "";
  if (method === "POST" && type.startsWith("application/json")) {
    const text = await answer.whole();
    const message = parsed(text);
    return message === undefined ? new Response(text, init) : new MessageResponse(message, init);
  }
  if (method === "POST" && type.startsWith("text/event-stream")) {
    const only = await answer.onlyMessage();
    if (only !== undefined) {
      const kept = headers.filter(([name]) => name !== "content-type" && name !== "content-length");
      kept.push(["content-type", "application/json"]);
      return new MessageResponse(only, { ...line, headers: kept });
    }
  }
  return new Response(answer.rest(), init);
}

/** An answer that was parsed to see what it is, and need not be again. */
class MessageResponse extends Response {
  readonly #message: unknown;

  constructor(message: unknown, init: ResponseInit) {
    super(null, init);
    this.#message = message;
  }

  override json(): Promise<unknown> {
    return Promise.resolve(this.#message);
  }

  override text(): Promise<string> {
    return Promise.resolve(JSON.stringify(this.#message));
  }
}

/** A body that is looked into before it is handed on. Read it in one way. */
class Answer {
  readonly #body: PulledBody;
  readonly #onEnd: () => void;
  readonly #seen: Uint8Array[] = [];
  #isEnded = false;

  constructor(body: PulledBody, onEnd: () => void) {
    this.#body = body;
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
  async onlyMessage(): Promise<unknown> {
    const decoder = new TextDecoder();
    let text = "";
    let end: number | undefined;
    while (end === undefined && text.length < MAX_LOOK_CHARACTERS) {
      const piece = await this.#read();
      if (piece === null) break;
      this.#seen.push(piece);
      text += decoder.decode(piece, { stream: true });
      end = /\r?\n\r?\n/.exec(text)?.index;
    }
    const message = messageOf(text.slice(0, end ?? 0));
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
          else controller.enqueue(Uint8Array.from(piece));
        } catch (error) {
          controller.error(error);
        }
      },
      cancel: () => this.leave(),
    }, { highWaterMark: 0 });
  }

  async #read(): Promise<Uint8Array | null> {
    if (this.#isEnded) return null;
    try {
      const piece = await this.#body.next();
      if (piece === null) this.#end();
      return piece;
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  async #drain(): Promise<void> {
    const timer = setTimeout(() => this.leave(), LINGER_MS);
    try {
      while (await this.#read() !== null);
    } catch {
      // It has what it asked for: how the stream ends is of no interest.
    } finally {
      clearTimeout(timer);
    }
  }

  /** Reads no more of it. */
  leave(): void {
    this.#end();
    this.#body.cancel();
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#onEnd();
  }
}

/** The message of an event that has nothing but one, and answers a request. */
function messageOf(event: string): unknown {
  const lines = event.split(/\r?\n/).filter((line) => line !== "event: message");
  const [line = ""] = lines;
  if (lines.length !== 1 || !line.startsWith("data:")) return undefined;
  const message = parsed(line.slice("data:".length));
  const isAnswer = isJsonObject(message) && "id" in message && !("method" in message);
  return isAnswer ? message : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Whoever reads it says what is wrong with it.
  }
}
