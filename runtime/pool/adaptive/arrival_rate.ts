/** Events per second, each event counting less as time passes: by 1/e in `memoryMs`. */
export class ArrivalRate {
  readonly #memoryMs: number;
  #count = 0;
  #atMs = 0;

  constructor(memoryMs: number) {
    this.#memoryMs = memoryMs;
  }

  add(nowMs: number): void {
    this.#count = this.#decayed(nowMs) + 1;
    this.#atMs = nowMs;
  }

  perSecond(nowMs: number): number {
    return this.#decayed(nowMs) / this.#memoryMs * 1_000;
  }

  #decayed(nowMs: number): number {
    return this.#count * Math.exp(-Math.max(0, nowMs - this.#atMs) / this.#memoryMs);
  }
}
