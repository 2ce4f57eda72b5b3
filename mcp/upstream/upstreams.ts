import type { UpstreamPool } from "./upstream_pool.ts";

/** A pool of connections that is opened when it is first asked for. Disposing closes what was opened. */
export class Upstreams implements AsyncDisposable {
  readonly #open: () => Promise<UpstreamPool>;
  #opened: Promise<UpstreamPool> | undefined;

  constructor(open: () => Promise<UpstreamPool>) {
    this.#open = open;
  }

  /** The one pool. */
  pool(): Promise<UpstreamPool> {
    return this.#opened ??= this.#open();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#opened)?.[Symbol.asyncDispose]();
  }
}
