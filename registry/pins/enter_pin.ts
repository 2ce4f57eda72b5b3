import type { AnySql } from "../database/database.ts";
import { newId } from "../database/new_id.ts";
import type { Pin, ToolState } from "../../spec/pin.ts";
import { pinOf, type PinRow, stateColumns } from "./pin_rows.ts";
import { scanState } from "./scan_state.ts";

/** A tool that comes into a collection. */
export interface PinEntry {
  readonly collectionId: string;
  readonly toolId: string;
  /** Account of the collection. */
  readonly ownerId: string;
  /** Who puts it there. */
  readonly by: string | null;
  readonly state: ToolState;
}

/**
 * Pins a tool on its first entry into a collection, with what the scan says of it. A tool that is
 * pinned there stays as it was pinned, whatever comes.
 */
export async function enterPin(sql: AnySql, entry: PinEntry): Promise<Pin> {
  const { collectionId, toolId, ownerId, by, state } = entry;
  const columns = stateColumns(state);
  const findings = JSON.stringify(scanState(state.definition));
  // The update changes nothing, but makes the statement return what is there.
  const [row] = await sql<PinRow[]>`
    insert into tool_pin (id, collection_id, tool_id, owner_id, source, package_name, tool_name,
      version, lock, lock_hash, definition, definition_hash, state_hash, findings, pinned_by)
    values (${newId("pin")}, ${collectionId}, ${toolId}, ${ownerId}, ${columns.source},
      ${columns.package_name}, ${columns.tool_name}, ${columns.version}, ${columns.lock}::text::jsonb,
      ${columns.lock_hash}, ${columns.definition}::text::jsonb, ${columns.definition_hash},
      ${columns.state_hash}, ${findings}::text::jsonb, ${by})
    on conflict (collection_id, tool_id) do update set collection_id = excluded.collection_id
    returning *`;
  return pinOf(row!);
}

/** Forgets the pins of tools that leave a collection; of all of them where no tools are named. */
export async function removePins(
  sql: AnySql,
  { collectionId, toolIds }: {
    readonly collectionId: string;
    readonly toolIds?: readonly string[];
  },
): Promise<void> {
  await sql`
    delete from tool_pin where collection_id = ${collectionId}
      and ${toolIds === undefined ? sql`true` : sql`tool_id = any(${[...toolIds]}::text[])`}`;
}
