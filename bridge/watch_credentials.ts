import { type BridgeCredentials, readCredentials } from "./bridge_credentials.ts";

/** How often the file is looked at: as often as people log in, nearly never. */
const LOOK_MS = 2_000;

/**
 * Tells of other credentials for the same gateway that `login` has written meanwhile. Disposing stops
 * that.
 */
export function watchCredentials(
  path: string,
  { current, onChange, lookMs = LOOK_MS }: {
    readonly current: BridgeCredentials;
    readonly onChange: (credentials: BridgeCredentials) => void;
    readonly lookMs?: number;
  },
): Disposable {
  let { apiKey } = current;
  const look = async () => {
    const found = await readCredentials(path);
    const isOther = found !== null && found.gateway === current.gateway && found.apiKey !== apiKey;
    if (!isOther) return;
    apiKey = found.apiKey;
    onChange(found);
  };
  const timer = setInterval(() => {
    look().catch(() => {
      // It cannot be read now; whoever wrote it is told by the command they wrote it with.
    });
  }, lookMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
