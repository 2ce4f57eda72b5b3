/** The most events seen within a short window; what was seen fades by half every `halfLifeMs`. */
export class DecayingPeak {
  readonly #halfLifeMs: number;
  /** Times of events that are still in the window, oldest first. */
  #recent: number[] = [];
  #peak = 0;
  #atMs = 0;

  constructor(halfLifeMs: number) {
    this.#halfLifeMs = halfLifeMs;
  }

  /** One event; `windowMs` says how far back others count as being at the same time. */
  add(nowMs: number, windowMs: number): void {
    const first = this.#recent.findIndex((atMs) => nowMs - atMs <= windowMs);
    this.#recent = first === -1 ? [] : this.#recent.slice(first);
    this.#recent.push(nowMs);
    this.#peak = Math.max(this.at(nowMs), this.#recent.length);
    this.#atMs = nowMs;
  }

  at(nowMs: number): number {
    return this.#peak * 2 ** (-Math.max(0, nowMs - this.#atMs) / this.#halfLifeMs);
  }
}
