import { EventEmitter } from "node:events";
import { clearTimeout, setTimeout } from "node:timers";

/**
 * What a client sees as the socket of its request. There is none: it carries the idle timer and
 * accepts the settings that clients like to make.
 */
export class GuestSocket extends EventEmitter {
  readonly encrypted: boolean;
  readonly authorized: boolean;
  readonly connecting = false;
  readonly readable = true;
  readonly writable = true;
  readonly remoteAddress = undefined;
  readonly remotePort = undefined;
  destroyed = false;
  timeout = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #onDestroy: (error?: Error) => void;

  /** @param onDestroy Ends the request when a client destroys the socket instead. */
  constructor(encrypted: boolean, onDestroy: (error?: Error) => void) {
    super();
    this.encrypted = encrypted;
    this.authorized = encrypted;
    this.#onDestroy = onDestroy;
    // Many listeners per request are normal with keep-alive clients; a warning would mislead.
    this.setMaxListeners(0);
  }

  /** Emits `timeout` after this long without {@linkcode touch}; `0` turns it off. */
  setTimeout(timeoutMs: number, listener?: () => void): this {
    this.timeout = timeoutMs;
    if (listener !== undefined) {
      if (timeoutMs === 0) this.off("timeout", listener);
      else this.once("timeout", listener);
    }
    this.touch();
    return this;
  }

  /** Something moved: the idle time starts again. */
  touch(): void {
    clearTimeout(this.#timer);
    if (this.timeout <= 0 || this.destroyed) return;
    this.#timer = setTimeout(() => this.emit("timeout"), this.timeout);
    this.#timer.unref();
  }

  /** The request is over; the timer must not outlive it. */
  release(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    clearTimeout(this.#timer);
    this.emit("close", false);
  }

  destroy(error?: Error): this {
    if (!this.destroyed) this.#onDestroy(error);
    return this;
  }

  end(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  address(): Record<string, never> {
    return {};
  }
  getPeerCertificate(): Record<string, never> {
    return {};
  }
}
