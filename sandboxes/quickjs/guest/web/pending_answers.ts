/** Work that somebody outside does, and the promises that wait for it. */
export class PendingAnswers {
  readonly #waiting = new Map<number, PromiseWithResolvers<Answer>>();
  #nextId = 1;

  /** `start` is given the id under which the answer will come. */
  ask(start: (id: number) => void): { readonly id: number; readonly answer: Promise<Answer> } {
    const id = this.#nextId++;
    const waiting = Promise.withResolvers<Answer>();
    this.#waiting.set(id, waiting);
    start(id);
    return { id, answer: waiting.promise };
  }

  answer(id: number, answer: Answer): void {
    this.#waiting.get(id)?.resolve(answer);
    this.#waiting.delete(id);
  }

  refuse(id: number, error: unknown): void {
    this.#waiting.get(id)?.reject(error);
    this.#waiting.delete(id);
  }
}

/** What came back: JSON text, and bytes where there are any. */
export interface Answer {
  readonly json: string;
  readonly bytes: Uint8Array<ArrayBuffer> | null;
}
