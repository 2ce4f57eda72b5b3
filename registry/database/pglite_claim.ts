import type { DatabaseSleep } from "./database.ts";
import { type DirectoryLock, lockPgliteDirectory } from "./directory_lock.ts";
import { type GuestDoorOptions, openGuestDoor } from "./guest_door.ts";
import { KeepTrying } from "./keep_trying.ts";
import { holdsNobody } from "./nobody_mark.ts";

/** A directory's lock, with a door for other processes, as {@linkcode KeepTrying} has it. */
interface HeldDirectory extends AsyncDisposable {
  /** `undefined` for a database in memory. */
  readonly lock: DirectoryLock | undefined;
}

/**
 * PGlite's directory in the hands of this process, before PGlite runs on it, and what is known of it
 * without running it. Disposing gives it up.
 */
export class PgliteClaim implements AsyncDisposable, Omit<DatabaseSleep, "open"> {
  readonly #directory: string | undefined;
  readonly #holding: KeepTrying<HeldDirectory>;
  #isAwake = false;
  /** Of the time before the first opening: no query was answered since. */
  #hadNobody: boolean | undefined;

  constructor(
    directory: string | undefined,
    { onFailure, ...door }: GuestDoorOptions & { readonly onFailure: (error: unknown) => void },
  ) {
    this.#directory = directory;
    this.#holding = new KeepTrying(() => hold(directory, door), { onFailure });
  }

  /** How the directory is: `failed` while another process has it. */
  get state(): "idle" | "first" | "failed" | "done" {
    return this.#holding.state;
  }

  get problem(): string | null {
    return this.#holding.problem;
  }

  /**
   * The lock, to open PGlite with. What is known of the directory is found out before.
   * @throws {AirlockError} `conflict` while another process has it.
   */
  async lock(): Promise<DirectoryLock | undefined> {
    const { lock } = await this.#holding.value();
    this.#hadNobody ??= await this.#look();
    return lock;
  }

  /** Queries are answered from now on: only the database knows. */
  wake(): void {
    this.#isAwake = true;
  }

  isAsleep(): boolean {
    return !this.#isAwake;
  }

  async hasNobody(): Promise<boolean> {
    try {
      await this.#holding.value();
    } catch {
      // Who has the directory may be adding users at this moment: the database is asked, and tells.
      return false;
    }
    const hadNobody = this.#hadNobody ??= await this.#look();
    // It may have been opened in between: then it is the database's to say.
    return hadNobody && !this.#isAwake;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#holding[Symbol.asyncDispose]();
  }

  async #look(): Promise<boolean> {
    return this.#directory === undefined || await holdsNobody(this.#directory);
  }
}

async function hold(
  directory: string | undefined,
  options: GuestDoorOptions,
): Promise<HeldDirectory> {
  if (directory === undefined) {
    return { lock: undefined, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const lock = await lockPgliteDirectory(directory);
  const door = openGuestDoor(directory, options);
  return {
    lock,
    async [Symbol.asyncDispose]() {
      await door?.[Symbol.asyncDispose]();
      lock[Symbol.dispose]();
    },
  };
}
