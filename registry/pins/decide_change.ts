import type { TransactionSql } from "postgres";
import type { Sql } from "../database/database.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { Pin } from "../../spec/pin.ts";
import { pinOf, type PinRow } from "./pin_rows.ts";

/** A decision, with what whoever decides has seen. */
export interface ChangeDecision {
  readonly pinId: string;
  /** `stateHash` of the pin. */
  readonly expected: string;
  /** `stateHash` of the change. */
  readonly change: string;
  readonly verdict: "accept" | "reject";
  readonly by: string | null;
}

/** Writes what was decided into the audit log, with the transaction of the decision. */
export type AuditDecision = (
  tx: TransactionSql,
  decided: ChangeDecision & { readonly pin: Pin },
) => Promise<void>;

/**
 * Accepts or rejects a change that waits. Nothing happens unless pin and change are what `decision`
 * says: of many who decide at once on the same, one does.
 * @returns The pin as it is afterwards.
 * @throws {AirlockError} `not_found`, `precondition_failed`.
 */
export async function decideChange(
  sql: Sql,
  decision: ChangeDecision,
  audit: AuditDecision,
): Promise<Pin> {
  return await sql.begin(async (tx) => {
    // Others who decide wait here, and then see what this one made of it.
    const [row] = await tx<PinRow[]>`
      select * from tool_pin where id = ${decision.pinId} for update`;
    if (row === undefined) throw gone();
    if (row.state_hash !== decision.expected) throw stale("the pin is another by now");
    const state = decision.verdict === "accept" ? "accepted" : "rejected";
    const decided = await tx`
      update pin_change set state = ${state}, decided_by = ${decision.by}, decided_at = now()
      where pin_id = ${row.id} and state_hash = ${decision.change} and state = 'waiting'`;
    if (decided.count !== 1) throw stale("no such change waits");
    const after = state === "accepted" ? await adopt(tx, decision) : row;
    const pin = pinOf(after);
    await audit(tx, { ...decision, pin });
    return pin;
  });
}

async function adopt(tx: TransactionSql, { pinId, change }: ChangeDecision): Promise<PinRow> {
  const [row] = await tx<PinRow[]>`
    update tool_pin set version = c.version, lock = c.lock, lock_hash = c.lock_hash,
      definition = c.definition, definition_hash = c.definition_hash, state_hash = c.state_hash,
      findings = c.findings, revision = tool_pin.revision + 1, updated_at = now()
    from pin_change c
    where tool_pin.id = ${pinId} and c.pin_id = tool_pin.id and c.state_hash = ${change}
    returning tool_pin.*`;
  return row!;
}

function gone(): AirlockError {
  return new AirlockError("not_found", "Deciding on a change: there is no such pin", {
    stage: "request",
    suggestion: "List the pins of the collection with `airlock pins ls`.",
  });
}

function stale(state: string): AirlockError {
  return new AirlockError("precondition_failed", `Deciding on a change: ${state}`, {
    stage: "request",
    suggestion: "Look at it again with `airlock pins diff`, then decide.",
  });
}
