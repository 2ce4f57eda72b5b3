import { killProcess } from "./proc_stat.ts";

/**
 * A wrapper can be killed from elsewhere (by the kernel when memory is short, by an operator) at a
 * moment when what it had just started is not yet bound to die with it. Such orphans hold pipes open
 * and are nobody's children: they can only be found by what they were started with.
 */
export interface OrphanMark {
  /** `environ`: a variable as `NAME=value`. `cmdline`: any text in the arguments. */
  readonly in: "environ" | "cmdline";
  /** Unguessable, so that no other process has it by chance. */
  readonly text: string;
}

/** How long each look at the output waits for its end, and how often it is looked at. */
const LOOK_MS = 250;
const MOST_LOOKS = 8;

/** Kills every process that carries the mark; does nothing where there is no `/proc`. */
export function killOrphans(mark: OrphanMark): void {
  for (const pid of processIds()) {
    try {
      const text = Deno.readTextFileSync(`/proc/${pid}/${mark.in}`);
      if (pid !== Deno.pid && text.includes(mark.text)) killProcess(pid);
    } catch {
      // Ended since it was listed, or somebody else's: then it is not ours to end.
    }
  }
}

/**
 * Waits until `output`, which ends with the last process that holds its pipes, has ended; kills
 * orphans that keep it from doing so. Gives up after two seconds: whoever waits must not wait for
 * ever because of a process that the kernel does not let go.
 */
export async function awaitBurial(output: Promise<unknown>, mark: OrphanMark): Promise<void> {
  for (let look = 0; look < MOST_LOOKS; look++) {
    if (await endsWithin(output, LOOK_MS)) return;
    killOrphans(mark);
  }
}

async function endsWithin(output: Promise<unknown>, withinMs: number): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), withinMs);
  // Errors of pipes whose process has ended say nothing that its exit does not say better.
  const ended = output.then(() => true, () => true);
  try {
    return await Promise.race([ended, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function processIds(): number[] {
  try {
    return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter(Number.isInteger);
  } catch {
    return []; // Not Linux.
  }
}
