import type { PendingQuery, Row } from "postgres";
import type { AnySql } from "../database/database.ts";
import type { Pin, PinChange } from "../../spec/pin.ts";
import { changeOf, type ChangeRow, pinOf, type PinRow } from "./pin_rows.ts";

const MAX_PINS = 1_000;
const MAX_CHANGES = 50;

/** Which pin is meant. */
export interface PinKey {
  readonly collectionId: string;
  readonly toolId: string;
}

/** A pin with the changes that wait for a decision. */
export interface ListedPin {
  readonly pin: Pin;
  readonly waiting: readonly PinChange[];
}

/** The pin of a tool in a collection; `null` where it has none. */
export async function readPin(sql: AnySql, { collectionId, toolId }: PinKey): Promise<Pin | null> {
  const [row] = await sql<PinRow[]>`
    select * from tool_pin where collection_id = ${collectionId} and tool_id = ${toolId}`;
  return row === undefined ? null : pinOf(row);
}

/** Which pins are listed. */
export interface ListedPins {
  readonly collectionId: string;
  /** A condition on `owner_id` and `collection_id`: what whoever asks may see. All where absent. */
  readonly where?: PendingQuery<Row[]>;
  readonly limit: number;
  /** Id of the last one of the page before. */
  readonly after?: string;
}

/** Pins of a collection, by id, with what waits for each: the newest first. */
export async function listPins(
  sql: AnySql,
  { collectionId, where, limit, after = "" }: ListedPins,
): Promise<readonly ListedPin[]> {
  const rows = await sql<PinRow[]>`
    select * from tool_pin where collection_id = ${collectionId} and id > ${after}
      and ${where ?? sql`true`}
    order by id limit ${limit}`;
  const changes = await sql<ChangeRow[]>`
    select * from pin_change where state = 'waiting' and pin_id = any(${rows.map(({ id }) => id)})
    order by seen_at desc, id limit ${MAX_PINS}`;
  return rows.map((row) => ({
    pin: pinOf(row),
    waiting: changes.filter((change) => change.pin_id === row.id).map(changeOf),
  }));
}

/** All that was ever held back of a pin, the newest first, within bounds. */
export async function listChanges(sql: AnySql, pinId: string): Promise<readonly PinChange[]> {
  const rows = await sql<ChangeRow[]>`
    select * from pin_change where pin_id = ${pinId}
    order by seen_at desc, id limit ${MAX_CHANGES}`;
  return rows.map(changeOf);
}

/** Pins of tools of a package, wherever they are: who may have to be told of a new version. */
export async function pinsOfPackage(
  sql: AnySql,
  { source, packageName }: { readonly source: string; readonly packageName: string },
): Promise<readonly Pin[]> {
  const rows = await sql<PinRow[]>`
    select * from tool_pin where package_name = ${packageName} and source = ${source}
    order by id limit ${MAX_PINS}`;
  return rows.map(pinOf);
}
