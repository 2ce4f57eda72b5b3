import { EXIT } from "./exit_codes.ts";
import { ExitWith } from "./exit_with.ts";

/**
 * Runs `work`. Ctrl-C interrupts all that a terminal runs, programs that `work` started among them:
 * how it fails for want of those says nothing then.
 * @throws {ExitWith} `EXIT.interrupted` where it failed after `interrupted` was aborted.
 */
export async function unlessInterrupted<T>(
  work: () => Promise<T>,
  interrupted: AbortSignal,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (interrupted.aborted) throw new ExitWith(EXIT.interrupted);
    throw error;
  }
}
