import { z } from "zod";
import { directClient } from "./direct_client.ts";
import type { FrameChannel, FrameChannelOptions } from "./frame_channel.ts";
import { pauseUnless } from "./pause_unless.ts";
import {
  LINE_HEADER,
  type LineEnd,
  POLL_TYPE,
  type PollBody,
  readPoll,
  takeFitting,
  writePoll,
} from "./protocol/poll_body.ts";

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 3;

/** As a WebSocket says that it was lost. */
const LOST: LineEnd = { code: 1006, reason: "" };

/** Longest time for whatever is answered at once, and for what waits. */
const ANSWER_TIMEOUT_MS = 15_000;
const WAIT_TIMEOUT_MS = 60_000;

/** An answer that says nothing should have taken longer. */
const HASTY_MS = 500;

/** Largest answer: one frame at least, of characters that take three bytes. */
const MAX_ANSWER_CHARACTERS = 4 * 1024 * 1024;

const openedSchema = z.object({ line: z.string().max(100) });

/**
 * Asks the gateway again and again, for networks that let no WebSocket through. What is said goes in
 * order, one request at a time; a request that fails is the end of the line, since nobody knows whether
 * it arrived.
 */
export class PollChannel implements FrameChannel {
  readonly #options: FrameChannelOptions;
  readonly #stop = new AbortController();
  readonly #frames: string[] = [];
  #characters = 0;
  #isSending = false;
  #line = "";
  #state = CONNECTING;

  constructor(options: FrameChannelOptions) {
    this.#options = options;
    this.#run().catch(() => this.#end(LOST));
  }

  get readyState(): number {
    return this.#state;
  }

  get bufferedAmount(): number {
    return this.#characters;
  }

  send(frame: string): void {
    this.#frames.push(frame);
    this.#characters += frame.length;
    if (!this.#isSending) this.#pump().catch(() => this.#end(LOST));
  }

  close(code: number, reason: string): void {
    if (this.#state === CLOSED) return;
    const wasOpen = this.#state === OPEN;
    this.#state = CLOSED;
    this.#stop.abort();
    if (!wasOpen) return;
    const last = { frames: this.#frames.splice(0), closed: { code, reason } };
    this.#post(last, AbortSignal.timeout(ANSWER_TIMEOUT_MS)).catch(() => {
      // Then the gateway finds out by itself that nobody asks any more.
    });
  }

  async #run(): Promise<void> {
    const opened = await this.#post({ frames: [] }, this.#within(ANSWER_TIMEOUT_MS));
    this.#line = openedSchema.parse(JSON.parse(opened)).line;
    if (this.#state === CLOSED) return;
    this.#state = OPEN;
    this.#options.onOpen();
    while (this.#state === OPEN) {
      const askedMs = performance.now();
      const { frames, closed } = readPoll(await this.#ask("GET", this.#within(WAIT_TIMEOUT_MS)));
      for (const frame of frames) if (this.#state === OPEN) this.#options.onFrame(frame);
      if (closed !== undefined) return this.#end(closed);
      // A gateway that does not wait is not asked as fast as it answers.
      const isHasty = frames.length === 0 && performance.now() - askedMs < HASTY_MS;
      if (isHasty) await pauseUnless(HASTY_MS, this.#stop.signal);
    }
  }

  /** What comes while a request is under way goes with the next. */
  async #pump(): Promise<void> {
    this.#isSending = true;
    while (this.#frames.length > 0 && this.#state === OPEN) {
      const frames = takeFitting(this.#frames);
      await this.#post({ frames }, this.#within(ANSWER_TIMEOUT_MS));
      for (const frame of frames) this.#characters -= frame.length;
    }
    this.#isSending = false;
  }

  #post(body: PollBody, signal: AbortSignal): Promise<string> {
    return this.#ask("POST", signal, writePoll(body));
  }

  async #ask(method: string, signal: AbortSignal, body?: string): Promise<string> {
    const { gateway, headers } = this.#options;
    using client = directClient(new URL(gateway));
    const response = await fetch(`${gateway}/api/bridge`, {
      ...(client && { client }),
      ...{ method, body, signal },
      headers: {
        ...headers(),
        "content-type": POLL_TYPE,
        ...(this.#line !== "" && { [LINE_HEADER]: this.#line }),
      },
      // The key goes to that gateway, and nowhere else.
      redirect: "error",
    });
    const text = await boundedText(response);
    if (!response.ok) throw new Error(`ask gateway: it answers ${response.status}`);
    return text;
  }

  #within(timeoutMs: number): AbortSignal {
    return AbortSignal.any([this.#stop.signal, AbortSignal.timeout(timeoutMs)]);
  }

  #end(end: LineEnd): void {
    if (this.#state === CLOSED) return;
    this.#state = CLOSED;
    this.#stop.abort();
    this.#options.onEnd(end);
  }
}

async function boundedText({ body }: Response): Promise<string> {
  let text = "";
  for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part;
    if (text.length > MAX_ANSWER_CHARACTERS) throw new Error("ask gateway: it answers too much");
  }
  return text;
}
