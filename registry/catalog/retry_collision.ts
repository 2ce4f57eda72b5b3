/** What a database says of a unique value that is there already, and of two that wait for each other. */
const COLLISIONS: readonly unknown[] = ["23505", "40P01"];
const MAX_ATTEMPTS = 5;

/** Repeats `work`, a whole transaction, when another one at the same moment was in its way. */
export async function retryCollision<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isCollision(error)) throw error;
    }
  }
}

function isCollision(error: unknown): boolean {
  return error instanceof Error && "code" in error && COLLISIONS.includes(error.code);
}
