import { FreshCache } from "../accounts/cache/fresh_cache.ts";
import type { Sql } from "../registry/database/database.ts";
import { type PinKey, readPin } from "../registry/pins/read_pins.ts";
import { MAX_HOSTS, noteHosts, recordChange } from "../registry/pins/record_change.ts";
import { toolState } from "../registry/pins/tool_state.ts";
import type { CallPins, PinnedContext } from "../gateway/call_pins.ts";
import type { Pin } from "../spec/pin.ts";

/** How much is kept, and for how long: what was accepted elsewhere counts here within a second. */
const BOUNDS = {
  maxEntries: 10_000,
  maxAbsent: 1_000,
  freshMs: 1_000,
  staleMs: 60_000,
  readTimeoutMs: 2_000,
  maxReads: 50,
  retryMs: 500,
};

/** Notes of changes that may be on their way to the database at a time. */
const MAX_NOTES = 20;

/** Makes a book over a database. Calls wait for it at most for a first read, and that not long. */
export function createPinBook(
  { sql, onFailure }: { readonly sql: Sql; readonly onFailure: (error: unknown) => void },
): CallPins {
  let notes = 0;
  const note = async (write: () => Promise<unknown>): Promise<boolean> => {
    // Every further call says the same again.
    if (notes >= MAX_NOTES) return false;
    notes += 1;
    try {
      await write();
      return true;
    } catch (error) {
      onFailure(error);
      return false;
    } finally {
      notes -= 1;
    }
  };
  const onHeld = (pin: Pin): PinnedContext["onHeld"] => (held) =>
    void note(async () => {
      const state = toolState(held, held.toolName);
      if (state !== null) await recordChange(sql, pin, state);
    });
  const onReached = (pin: Pin): PinnedContext["onReached"] => {
    const known = new Set(pin.hosts);
    return (reached) => {
      const hosts = reached.filter((host) => !known.has(host));
      if (hosts.length === 0 || known.size >= MAX_HOSTS) return;
      for (const host of hosts) known.add(host);
      void note(() => noteHosts(sql, { pinId: pin.id, hosts })).then((isNoted) => {
        // The next call that reaches them tries again.
        if (!isNoted) { for (const host of hosts) known.delete(host); }
      });
    };
  };
  const cache = new FreshCache<PinnedContext>({
    what: "pin",
    bounds: BOUNDS,
    nowMs: () => performance.now(),
    onFailure,
    async read(key) {
      const [collectionId = "", toolId = ""] = key.split("\n");
      const pin = await readPin(sql, { collectionId, toolId });
      if (pin === null) return null;
      return { pin: callPin(pin), onHeld: onHeld(pin), onReached: onReached(pin) };
    },
  });
  const keyOf = ({ collectionId, toolId }: PinKey) => `${collectionId}\n${toolId}`;
  return {
    contextOf: (key) => cache.find(keyOf(key)),
    drop: (key) => cache.drop(keyOf(key)),
  };
}

function callPin(pin: Pin): PinnedContext["pin"] {
  const { collectionId, toolId, source, packageName, version, lock, lockHash } = pin;
  return {
    ...{ collectionId, toolId, source, packageName, version, lock, lockHash },
    definitionHashes: { [pin.toolName]: pin.definitionHash },
  };
}
