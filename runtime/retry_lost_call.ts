import { AirlockError } from "../spec/errors.ts";

/**
 * Makes `attempt`, and once more where its sandbox ended with other calls in it, or on account of one:
 * that says nothing about this one. Not where the first attempt has already done something outside, which
 * `hadEffect` tells: then whoever called decides.
 */
export async function retryLostCall<T>(
  attempt: () => Promise<T>,
  hadEffect: () => boolean,
): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!isLost(error) || hadEffect()) throw error;
    return await attempt();
  }
}

function isLost(error: unknown): boolean {
  return error instanceof AirlockError && error.code === "sandbox_crashed" &&
    error.details.by === "neighbour";
}
