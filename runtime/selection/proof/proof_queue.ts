/** Work that may wait; more is dropped, and comes again with another call. */
const MAX_WAITING = 32;
/** Inputs remembered as done, so that equal calls are not compared again and again. */
const MAX_DONE = 2_000;
/** Of one tool, so that no busy one keeps the others waiting. */
const MAX_WAITING_OF_SUBJECT = 4;

interface Job {
  readonly subject: string;
  readonly work: (signal: AbortSignal) => Promise<void>;
}

/** Work in the background: one piece at a time, bounded, none of it twice. */
export class ProofQueue implements AsyncDisposable {
  readonly #waiting: Job[] = [];
  readonly #done = new Set<string>();
  readonly #counts = new Map<string, number>();
  readonly #stop = new AbortController();
  readonly #pauseMs: number;
  #working: Promise<void> | null = null;

  /** @param pauseMs Before each piece, so that it does not compete with the call that asked for it. */
  constructor(pauseMs: number) {
    this.#pauseMs = pauseMs;
  }

  /** Resolves when no work is left. */
  async idle(): Promise<void> {
    while (this.#working !== null) await this.#working;
  }

  /** Adds work unless it was done before or there is too much of it. `work` must not reject. */
  add(
    { subject, key }: { readonly subject: string; readonly key: string },
    work: (signal: AbortSignal) => Promise<void>,
  ): void {
    if (this.#stop.signal.aborted || this.#done.has(key)) return;
    const own = this.#waiting.filter((job) => job.subject === subject).length;
    if (this.#waiting.length >= MAX_WAITING || own >= MAX_WAITING_OF_SUBJECT) return;
    if (this.#done.size >= MAX_DONE) this.#done.clear();
    this.#done.add(key);
    this.#waiting.push({ subject, work });
    this.#working ??= this.#run();
  }

  /** Adds `more` to the count of a subject, and returns it. */
  count(subject: string, more: number): number {
    const count = (this.#counts.get(subject) ?? 0) + more;
    if (this.#counts.size >= MAX_DONE) this.#counts.clear();
    this.#counts.set(subject, count);
    return count;
  }

  /** Drops what waits and waits for what is under way, which is told to stop. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#waiting.length = 0;
    await this.idle();
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#pause();
      await this.#waiting.shift()?.work(this.#stop.signal);
    }
    this.#working = null;
  }

  /** Ends early when the queue is disposed. */
  #pause(): Promise<void> {
    const { signal } = this.#stop;
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, this.#pauseMs);
      signal.addEventListener("abort", end, { once: true });
      if (signal.aborted) end();
    });
  }
}
