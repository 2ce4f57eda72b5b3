import { bytesOfPart, GuestBlob, join } from "./blob.ts";
import { encodeForm, GuestFormData } from "./form_data.ts";
import { parseForm } from "./parse_form.ts";
import { GuestUrlSearchParams } from "./url.ts";

/** What a request or response can be made of. */
export interface BodySource {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Content type that the source implies. */
  readonly type: string | null;
}

/** Extracts a body as the Fetch Standard has it; `null` for none. */
export function extractBody(source: unknown): BodySource | null {
  if (source === null || source === undefined) return null;
  if (source instanceof ReadableStream) {
    if (source.locked) throw new TypeError("Body is unusable: its stream is locked");
    return { stream: source, type: null };
  }
  if (isAsyncIterable(source)) return { stream: ReadableStream.from(source), type: null };
  if (source instanceof GuestFormData) {
    const { bytes, type } = encodeForm(source);
    return { stream: streamOf(bytes), type };
  }
  return { stream: streamOf(bytesOfPart(source)), type: impliedType(source) };
}

function impliedType(source: unknown): string | null {
  if (source instanceof GuestUrlSearchParams) {
    return "application/x-www-form-urlencoded;charset=UTF-8";
  }
  if (source instanceof GuestBlob) return source.type === "" ? null : source.type;
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return null;
  return "text/plain;charset=UTF-8";
}

function isAsyncIterable(value: unknown): value is AsyncIterable<Uint8Array<ArrayBuffer>> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function streamOf(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      if (bytes.byteLength > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
}

/** What `Request` and `Response` have in common. */
export class GuestBody {
  #stream: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  #used = false;
  readonly headers: Headers;

  constructor(body: BodySource | null, headers: Headers) {
    this.#stream = body?.stream ?? null;
    this.headers = headers;
    const type = body?.type ?? null;
    if (type !== null && !headers.has("content-type")) headers.set("content-type", type);
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return this.#stream;
  }

  get bodyUsed(): boolean {
    // What was read from, or cancelled, even if nobody holds it any more.
    const isDisturbed = this.#stream !== null && Reflect.get(this.#stream, "_disturbed") === true;
    return this.#used || isDisturbed || (this.#stream?.locked ?? false);
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    if (this.bodyUsed) throw new TypeError("Body is unusable: it was read before");
    if (this.#stream === null) return new Uint8Array(0);
    this.#used = true;
    const pieces: Uint8Array[] = [];
    const reader = this.#stream.getReader();
    for (let item = await reader.read(); !item.done; item = await reader.read()) {
      if (!(item.value instanceof Uint8Array)) throw new TypeError("Body is not made of bytes");
      pieces.push(item.value);
    }
    return join(pieces);
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  async blob(): Promise<GuestBlob> {
    return new GuestBlob([await this.bytes()], { type: this.headers.get("content-type") ?? "" });
  }

  async formData(): Promise<GuestFormData> {
    const type = this.headers.get("content-type") ?? "";
    if (/^multipart\/form-data/i.test(type)) return parseForm(await this.bytes(), type);
    if (!/^application\/x-www-form-urlencoded/i.test(type)) {
      throw new TypeError("formData(): the content type is not that of a form");
    }
    const form = new GuestFormData();
    new GuestUrlSearchParams(await this.text()).forEach((value, name) => form.append(name, value));
    return form;
  }

  /** Both halves of the body; this object keeps one. */
  protected split(): BodySource | null {
    if (this.bodyUsed) throw new TypeError("clone(): the body was read before");
    if (this.#stream === null) return null;
    const [mine, other] = this.#stream.tee();
    this.#stream = mine;
    return { stream: other, type: null };
  }
}
