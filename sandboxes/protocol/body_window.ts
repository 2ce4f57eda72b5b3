import { STREAM_WINDOW_BYTES } from "./messages.ts";

/** How one side of the frame channel sends pieces of a body. */
export interface BodySender {
  data(stream: number, bytes: Uint8Array): void;
  end(stream: number): void;
  credit(stream: number, bytes: number): void;
}

/** Largest piece of a body in one frame. */
const PIECE_BYTES = 64 * 1024;

/** Credit is returned in steps of this size, so that small reads do not double the traffic. */
const CREDIT_STEP_BYTES = 32 * 1024;

/**
 * Sends a stream in pieces, never more than the receiver has given credit for. The stream is
 * cancelled when the receiver stops; its failure is told to `onFailure`.
 */
export class OutgoingBody {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #stream: number;
  readonly #sender: BodySender;
  #creditBytes = STREAM_WINDOW_BYTES;
  #wake: (() => void) | null = null;
  #stopped = false;

  constructor(stream: number, body: ReadableStream<Uint8Array>, sender: BodySender) {
    this.#stream = stream;
    this.#reader = body.getReader();
    this.#sender = sender;
  }

  /** Sends until the stream ends; rejects when reading it fails. */
  async send(): Promise<void> {
    while (!this.#stopped) {
      const { done, value } = await this.#reader.read();
      if (this.#stopped) return;
      if (done) return this.#sender.end(this.#stream);
      for (let at = 0; at < value.length && !this.#stopped; at += PIECE_BYTES) {
        const piece = value.subarray(at, at + PIECE_BYTES);
        while (this.#creditBytes < piece.length && !this.#stopped) {
          await new Promise<void>((resolve) => this.#wake = resolve);
        }
        if (this.#stopped) return;
        this.#creditBytes -= piece.length;
        this.#sender.data(this.#stream, piece);
      }
    }
  }

  /** The receiver can take this many more bytes; never more than a window, whatever it claims. */
  credit(bytes: number): void {
    this.#creditBytes = Math.min(this.#creditBytes + bytes, STREAM_WINDOW_BYTES);
    this.#wakeUp();
  }

  /** Stops sending and cancels the stream. */
  stop(reason: unknown): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#wakeUp();
    // The stream's own cancel handler may fail; nobody is left who would want to know.
    this.#reader.cancel(reason).catch(() => {});
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}

/** Receives a body in pieces and gives credit as its reader consumes them. */
export class IncomingBody {
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #stream: number;
  readonly #sender: BodySender;
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | null = null;
  #receivedBytes = 0;
  #creditedBytes = 0;
  #ended = false;

  constructor(
    stream: number,
    { sender, onCancel }: { readonly sender: BodySender; readonly onCancel: () => void },
  ) {
    this.#stream = stream;
    this.#sender = sender;
    this.readable = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#giveCredit(),
      cancel: () => {
        this.#ended = true;
        onCancel();
      },
    }, { highWaterMark: STREAM_WINDOW_BYTES, size: (chunk) => chunk?.byteLength ?? 0 });
  }

  /** Returns `false` when the sender has gone beyond its credit: it is not to be trusted. */
  push(bytes: Uint8Array<ArrayBuffer>): boolean {
    if (this.#ended) return true;
    this.#receivedBytes += bytes.length;
    if (this.#receivedBytes - this.#creditedBytes > STREAM_WINDOW_BYTES) return false;
    this.#controller?.enqueue(bytes);
    return true;
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#controller?.close();
  }

  fail(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#controller?.error(error);
  }

  #giveCredit(): void {
    const queuedBytes = STREAM_WINDOW_BYTES - (this.#controller?.desiredSize ?? 0);
    const consumedBytes = this.#receivedBytes - queuedBytes;
    const creditBytes = consumedBytes - this.#creditedBytes;
    if (this.#ended || creditBytes < CREDIT_STEP_BYTES) return;
    this.#creditedBytes += creditBytes;
    this.#sender.credit(this.#stream, creditBytes);
  }
}
