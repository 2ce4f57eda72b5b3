import type { Accounts } from "../accounts/accounts.ts";
import { hearChanges } from "../accounts/hear_changes.ts";
import type { Metering } from "../accounts/metering.ts";
import type { CallPins } from "../gateway/call_pins.ts";
import type { ListChanges } from "../gateway/mcp/list_changes.ts";
import type { Database } from "../registry/database/database.ts";

/** What of a node remembers what other nodes may change. */
export interface NodeMemories {
  readonly accounts: Pick<Accounts, "forgetKey" | "forgetSecrets" | "forgetOwner">;
  readonly metering: Pick<Metering, "forgetTiers">;
  /** What calls are held to; `undefined` as long as there are no calls. */
  readonly pins: () => Pick<CallPins, "drop"> | undefined;
  /** Told of collections whose tools are others. */
  readonly lists: Pick<ListChanges, "tell">;
}

/** Has a node forget what others have changed, until disposed. */
export function hearForNode(
  database: Pick<Database, "hear">,
  { accounts, metering, pins, lists }: NodeMemories,
): AsyncDisposable {
  return hearChanges(database, {
    onKey: accounts.forgetKey,
    onSecrets: accounts.forgetSecrets,
    onTiers: metering.forgetTiers,
    onPeople: accounts.forgetOwner,
    onLists: (collectionId) => lists.tell(collectionId),
    onPin(pin) {
      pins()?.drop(pin);
      lists.tell(pin.collectionId);
    },
  });
}
