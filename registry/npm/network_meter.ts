/** Time with at least one request under way, and bytes received. */
export class NetworkMeter {
  #underWay = 0;
  #since = 0;
  #busyMs = 0;
  #bytes = 0;

  /** Milliseconds during which something was waited for; overlapping requests count once. */
  get networkMs(): number {
    return this.#busyMs + (this.#underWay > 0 ? performance.now() - this.#since : 0);
  }

  /** Bytes of bodies received, decompressed where the server compressed the transfer. */
  get downloadedBytes(): number {
    return this.#bytes;
  }

  /** Counts bytes that arrived. */
  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Marks the time until disposal as waiting for the network. */
  wait(): Disposable {
    if (this.#underWay++ === 0) this.#since = performance.now();
    let open = true;
    return {
      [Symbol.dispose]: () => {
        if (!open) return;
        open = false;
        if (--this.#underWay === 0) this.#busyMs += performance.now() - this.#since;
      },
    };
  }
}
