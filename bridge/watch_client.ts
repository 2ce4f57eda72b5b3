import { type Client, ProtocolError } from "@modelcontextprotocol/client";

/** How often a server that no process stands for is asked whether it is there, and how long it has. */
const PING_MS = 15_000;
const PING_TIMEOUT_MS = 10_000;

/** Looks after a server that no process stands for. */
export interface ClientWatch extends Disposable {
  /** Asks now, since something went wrong. */
  look(): Promise<void>;
}

/** Calls `onEnd` when a server does not answer any more, until disposed. */
export function watchClient(client: Pick<Client, "ping">, onEnd: () => void): ClientWatch {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const look = async () => {
    const answers = await isThere(client);
    clearTimeout(timer);
    if (isOver) return;
    if (answers) timer = setTimeout(look, PING_MS);
    else onEnd();
  };
  timer = setTimeout(look, PING_MS);
  return {
    look,
    [Symbol.dispose]() {
      isOver = true;
      clearTimeout(timer);
    },
  };
}

async function isThere(client: Pick<Client, "ping">): Promise<boolean> {
  try {
    await client.ping({ timeout: PING_TIMEOUT_MS });
    return true;
  } catch (error) {
    // One that says that it knows no ping is there.
    return error instanceof ProtocolError;
  }
}
