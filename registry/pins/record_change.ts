import type { AnySql } from "../database/database.ts";
import { newId } from "../database/new_id.ts";
import type { Pin, PinChange, ToolState } from "../../spec/pin.ts";
import { changeOf, type ChangeRow, stateColumns } from "./pin_rows.ts";
import { scanState } from "./scan_state.ts";

/** Changes kept of one pin; the oldest go first. */
const MAX_KEPT = 50;

/**
 * Notes what a pinned tool would be. The same change is noted once: one that was decided on stays
 * decided.
 * @returns `null` where the state is the pinned one.
 */
export async function recordChange(
  sql: AnySql,
  pin: Pick<Pin, "id" | "stateHash">,
  state: ToolState,
): Promise<PinChange | null> {
  if (state.stateHash === pin.stateHash) return null;
  const columns = stateColumns(state);
  const findings = JSON.stringify(scanState(state.definition));
  const [row] = await sql<ChangeRow[]>`
    insert into pin_change (id, pin_id, source, package_name, tool_name, version, lock, lock_hash,
      definition, definition_hash, state_hash, findings)
    values (${newId("pch")}, ${pin.id}, ${columns.source}, ${columns.package_name},
      ${columns.tool_name}, ${columns.version}, ${columns.lock}::text::jsonb, ${columns.lock_hash},
      ${columns.definition}::text::jsonb, ${columns.definition_hash}, ${columns.state_hash},
      ${findings}::text::jsonb)
    on conflict (pin_id, state_hash) do update set seen_at = now()
    returning *`;
  await sql`
    delete from pin_change where pin_id = ${pin.id} and id not in (
      select id from pin_change where pin_id = ${pin.id} order by seen_at desc limit ${MAX_KEPT}
    )`;
  return changeOf(row!);
}

/** Hosts kept of one pin. */
export const MAX_HOSTS = 200;

/** Adds hosts that a call through the collection has reached. */
export async function noteHosts(
  sql: AnySql,
  { pinId, hosts }: { readonly pinId: string; readonly hosts: readonly string[] },
): Promise<void> {
  await sql`
    update tool_pin set hosts = array(
      select distinct host from unnest(hosts || ${[...hosts]}::text[]) as host
      order by host limit ${MAX_HOSTS}
    ) where id = ${pinId} and not hosts @> ${[...hosts]}::text[]`;
}
