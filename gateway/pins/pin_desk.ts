import { type Actor, writeAudit } from "../../accounts/audit/write_audit.ts";
import { authorise } from "../../accounts/authorise.ts";
import { notFound, requirePermission } from "../../accounts/require_permission.ts";
import { visibleTo } from "../../accounts/visible_to.ts";
import type { Sql } from "../../registry/database/database.ts";
import { decideChange } from "../../registry/pins/decide_change.ts";
import { diffPin } from "../../registry/pins/diff_pin.ts";
import {
  listChanges,
  type ListedPin,
  type ListedPins,
  listPins,
  type PinKey,
  readPin,
} from "../../registry/pins/read_pins.ts";
import { recordChange } from "../../registry/pins/record_change.ts";
import { toolState } from "../../registry/pins/tool_state.ts";
import type { Caller } from "../../spec/account.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { Pin, PinChange, PinDiff } from "../../spec/pin.ts";
import type { OpenCode } from "./open_code.ts";
import { createReadCode, hasCode, sourceWish } from "./read_code.ts";

/** What a {@linkcode PinDesk} works with. */
export interface PinDeskOptions {
  readonly sql: Sql;
  readonly openCode: OpenCode;
  /** Told of pins that were decided on, so that no cache keeps what they were. */
  readonly onDecided: (key: PinKey) => void;
}

/** A change to be decided on, beside what is pinned. */
export interface ShownChange {
  readonly pin: Pin;
  readonly change: PinChange;
  readonly diff: PinDiff;
}

/** What somebody decides, and by which hashes. */
export interface Verdict extends PinKey {
  readonly verdict: "accept" | "reject";
  readonly expected: string;
  readonly change: string;
}

/**
 * Pins for those who may see them: every method authorises. What a caller cannot see is not found.
 */
export class PinDesk {
  readonly #options: PinDeskOptions;

  constructor(options: PinDeskOptions) {
    this.#options = options;
  }

  /** Pins of a collection, with what waits for each; none where the caller sees none. */
  async list(
    caller: Caller,
    { collectionId, ...page }: Omit<ListedPins, "where">,
  ): Promise<readonly ListedPin[]> {
    const { sql } = this.#options;
    requirePermission(caller, "read", {
      ...{ kind: "pin", tenant: caller.tenant, visibility: "private", collectionId },
    });
    const rows = { kind: "pin", collectionColumn: "collection_id" } as const;
    return await listPins(sql, { ...page, collectionId, where: visibleTo(sql, caller, rows) });
  }

  /**
   * What would change, for a person to decide on. Where nothing waits, the latest version is looked
   * at first, for those who may decide: whoever learned of it may not have had its code.
   * @param wanted.change `stateHash` of the change; the newest that waits where absent.
   * @throws {AirlockError} `not_found`, `permission_denied`; as preparing does.
   */
  async show(
    caller: Caller,
    wanted: PinKey & { readonly change?: string; readonly signal: AbortSignal },
  ): Promise<ShownChange> {
    const { sql, openCode } = this.#options;
    const pin = await this.#find(caller, { key: wanted, action: "read" });
    const changes = await listChanges(sql, pin.id);
    const known = changes.find(({ state, stateHash }) =>
      wanted.change === undefined ? state === "waiting" : stateHash.startsWith(wanted.change)
    );
    const change = known ?? await this.#look(caller, { ...wanted, pin });
    if (change === null) throw nothingWaits();
    const options = { readCode: createReadCode(openCode), signal: wanted.signal };
    return { pin, change, diff: await diffPin({ pin, change }, options) };
  }

  /**
   * Whole hashes for their first digits.
   * @throws {AirlockError} `not_found`; `precondition_failed` where pin or change are others.
   */
  async complete(
    caller: Caller,
    { expected, change, ...key }: Omit<Verdict, "verdict">,
  ): Promise<Pick<Verdict, "expected" | "change">> {
    const pin = await this.#find(caller, { key, action: "write" });
    const changes = await listChanges(this.#options.sql, pin.id);
    const meant = changes.filter(({ stateHash }) => stateHash.startsWith(change));
    const [only] = meant;
    if (only === undefined || meant.length > 1 || !pin.stateHash.startsWith(expected)) {
      throw new AirlockError("precondition_failed", "Deciding on a change: it is another by now", {
        stage: "request",
        suggestion: "Look at it again with `airlock pins diff`, then decide.",
      });
    }
    return { expected: pin.stateHash, change: only.stateHash };
  }

  /**
   * Accepts or rejects a change, and writes that down.
   * @throws {AirlockError} `not_found`, `permission_denied`, `precondition_failed`.
   */
  async decide(actor: Actor, { verdict, expected, change, ...key }: Verdict): Promise<Pin> {
    const { sql, onDecided } = this.#options;
    const { caller } = actor;
    const { id } = await this.#find(caller, { key, action: "write" });
    const decision = { pinId: id, verdict, expected, change, by: caller.userId ?? caller.keyId };
    const pin = await decideChange(sql, decision, (tx, decided) =>
      writeAudit(tx, actor, {
        tenant: decided.pin.ownerId,
        action: verdict === "accept" ? "pin.accepted" : "pin.rejected",
        subject: { kind: "pin", id },
        details: { collection: key.collectionId, tool: key.toolId, from: expected, to: change },
      }));
    onDecided(key);
    return pin;
  }

  /**
   * Looks at the latest version of a pinned tool, and holds it back where it is another.
   * @returns `null` where it is the pinned one, or has no such tool any more.
   */
  async check(
    caller: Caller,
    { signal, ...key }: PinKey & { readonly signal: AbortSignal },
  ): Promise<PinChange | null> {
    return await this.#latest(await this.#find(caller, { key, action: "write" }), signal);
  }

  /** What waits once the latest version was looked at: for those who may decide on it. */
  async #look(
    caller: Caller,
    { pin, change, signal }: {
      readonly pin: Pin;
      readonly change?: string;
      readonly signal: AbortSignal;
    },
  ): Promise<PinChange | null> {
    const { ownerId: tenant, collectionId, source } = pin;
    const resource = { kind: "pin", tenant, visibility: "private", collectionId } as const;
    if (change !== undefined || !hasCode(source)) return null;
    if (!authorise(caller, "write", resource).allowed) return null;
    const found = await this.#latest(pin, signal);
    return found?.state === "waiting" ? found : null;
  }

  async #latest(pin: Pin, signal: AbortSignal): Promise<PinChange | null> {
    const { packageName, toolName } = pin;
    const source = sourceWish(pin.source);
    using latest = await this.#options.openCode({ source, packageName }, signal);
    const state = toolState(latest, toolName);
    return state === null ? null : await recordChange(this.#options.sql, pin, state);
  }

  async #find(
    caller: Caller,
    { key, action }: { readonly key: PinKey; readonly action: "read" | "write" },
  ): Promise<Pin> {
    const pin = await readPin(this.#options.sql, key);
    if (pin === null) throw notFound("pin");
    const { ownerId: tenant, collectionId } = pin;
    requirePermission(caller, action, { kind: "pin", tenant, visibility: "private", collectionId });
    return pin;
  }
}

function nothingWaits(): AirlockError {
  return new AirlockError("not_found", "Comparing a pin: no such change waits", {
    stage: "request",
    suggestion: "The tool is as it was pinned; `airlock pins check` looks for a new version.",
  });
}
