import type { AnySql, Sql } from "../database/database.ts";
import { newId } from "../database/new_id.ts";
import type { DefinitionFinding } from "../../spec/definition_finding.ts";
import type { JsonObject } from "../../spec/json.ts";
import { type ListedDefinition, scanListed } from "./listed_definition.ts";
import { readServerTools } from "./read_server_tools.ts";
import type { ServerToolRow } from "./server_tool.ts";

/** What a server listed, and how it was reached. */
export interface RecordedListing {
  readonly serverId: string;
  readonly transport: string;
  readonly about: JsonObject;
  readonly tools: readonly ListedDefinition[];
}

/** What came of a listing. */
export interface ListingChange {
  /** Tools that wait to be accepted: changed ones and new ones. */
  readonly waiting: number;
  /** Whether anything is otherwise than before. */
  readonly changed: boolean;
}

/**
 * Compares what a server lists with what its owner approved. The first list is approved by being added,
 * apart from definitions of which the scan says the worst; what comes or changes later waits. A tool
 * that is listed as it was approved waits no more.
 */
export async function recordListing(sql: Sql, listing: RecordedListing): Promise<ListingChange> {
  return await sql.begin(async (tx: AnySql) => {
    const [server] = await tx<{ listed_at: Date | null }[]>`
      select listed_at from mcp_server where id = ${listing.serverId} for update`;
    // It was removed meanwhile.
    if (server === undefined) return { waiting: 0, changed: false };
    const rows = await readServerTools(tx, [listing.serverId]);
    const known = new Map(rows.map((row) => [row.name, row]));
    const names = listing.tools.map(({ name }) => name);
    let changed = false;
    for (const [position, tool] of listing.tools.entries()) {
      const row = known.get(tool.name);
      if (row !== undefined && isAsBefore(row, tool, position)) continue;
      changed = true;
      const findings = scanListed(tool, names);
      const isFirst = server.listed_at === null;
      if (row === undefined) {
        await insert(tx, listing.serverId, { tool, position, findings, isFirst });
      } else await change(tx, row, { tool, position, findings });
    }
    const listed = new Set(names);
    const gone = rows.filter((row) => !row.gone && !listed.has(row.name)).map(({ id }) => id);
    if (gone.length > 0) {
      changed = true;
      // What nobody approved leaves nothing behind: names could be made up without an end.
      await tx`delete from mcp_server_tool where id = any(${gone}::text[]) and definition is null`;
      await tx`update mcp_server_tool set gone = true where id = any(${gone}::text[])`;
    }
    await tx`
      update mcp_server set listed_at = now(), checked_at = now(), health = 'ok', failure = null,
        transport = ${listing.transport}, about = ${JSON.stringify(listing.about)}::text::jsonb
      where id = ${listing.serverId}`;
    const [waiting] = await tx<{ count: number }[]>`
      select count(*)::int as count from mcp_server_tool
      where server_id = ${listing.serverId} and offered is not null and not gone`;
    return { waiting: waiting?.count ?? 0, changed };
  });
}

/** Notes that a server could not be asked. What it listed before stays. */
export async function recordFailure(
  sql: AnySql,
  { serverId, code, error }: {
    readonly serverId: string;
    readonly code: string;
    readonly error: string;
  },
): Promise<void> {
  await sql`
    update mcp_server set health = 'failing', checked_at = now(),
      failure = ${JSON.stringify({ code, error })}::text::jsonb
    where id = ${serverId}`;
}

interface Listed {
  readonly tool: ListedDefinition;
  readonly position: number;
  readonly findings: readonly DefinitionFinding[];
}

function isAsBefore(row: ServerToolRow, { digest }: ListedDefinition, position: number): boolean {
  if (row.gone || row.position !== position) return false;
  return row.offered_digest === null ? row.digest === digest : row.offered_digest === digest;
}

async function insert(
  tx: AnySql,
  serverId: string,
  { tool, position, findings, isFirst }: Listed & { readonly isFirst: boolean },
): Promise<void> {
  const isApproved = isFirst && findings.every(({ severity }) => severity !== "high");
  const text = JSON.stringify(tool.definition);
  const said = JSON.stringify(findings);
  const [approved, offered] = isApproved ? [tool, null] : [null, tool];
  await tx`
    insert into mcp_server_tool (id, server_id, name, position, definition, digest, findings,
      offered, offered_digest, offered_findings, offered_at)
    values (${newId("rmt")}, ${serverId}, ${tool.name}, ${position},
      ${approved && text}::text::jsonb, ${approved?.digest ?? null},
      ${approved === null ? "[]" : said}::text::jsonb, ${offered && text}::text::jsonb,
      ${offered?.digest ?? null}, ${offered === null ? "[]" : said}::text::jsonb,
      ${offered && new Date()})`;
}

async function change(
  tx: AnySql,
  row: ServerToolRow,
  { tool, position, findings }: Listed,
): Promise<void> {
  if (tool.digest === row.digest) {
    await tx`
      update mcp_server_tool set position = ${position}, gone = false, offered = null,
        offered_digest = null, offered_findings = '[]', offered_at = null
      where id = ${row.id}`;
    return;
  }
  await tx`
    update mcp_server_tool set position = ${position}, gone = false,
      offered = ${JSON.stringify(tool.definition)}::text::jsonb, offered_digest = ${tool.digest},
      offered_findings = ${JSON.stringify(findings)}::text::jsonb, offered_at = now()
    where id = ${row.id}`;
}
