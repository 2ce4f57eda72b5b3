import { z } from "zod";
import type { AnySql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import { visibleTo } from "../visible_to.ts";

/** Which calls are read. */
export interface CallFilter {
  readonly packageName?: string;
  readonly toolName?: string;
  readonly keyId?: string;
  /** `success`, `failure` for any failure, or an error's code. */
  readonly outcome?: string;
  readonly from?: Date;
  /** Not this moment itself. */
  readonly until?: Date;
}

/** One call as it is shown. */
export interface CallLine {
  readonly id: string;
  readonly at: string;
  readonly via: string;
  readonly userId: string | null;
  readonly keyId: string | null;
  readonly collectionId: string | null;
  readonly agentId: string | null;
  readonly packageName: string;
  readonly version: string | null;
  readonly toolName: string;
  /** `mcp` for tools of other servers; `null` where nobody said where the tool is from. */
  readonly source: string | null;
  readonly artifact: string | null;
  readonly runtime: string | null;
  readonly start: string | null;
  readonly outcome: string;
  readonly durationMs: number;
  readonly toolMs: number | null;
  readonly cache: string;
  readonly egressHosts: readonly string[];
  readonly egressBytes: number;
  readonly requestId: string;
  readonly params: unknown;
}

const callRow = z.object({
  id: z.string(),
  at: z.date(),
  via: z.string(),
  user_id: z.string().nullable(),
  key_id: z.string().nullable(),
  collection_id: z.string().nullable(),
  agent_id: z.string().nullable(),
  package_name: z.string(),
  version: z.string().nullable(),
  tool_name: z.string(),
  source: z.string().nullable(),
  artifact: z.string().nullable(),
  runtime: z.string().nullable(),
  start_kind: z.string().nullable(),
  outcome: z.string(),
  duration_ms: z.number(),
  tool_ms: z.number().nullable(),
  cache: z.string(),
  egress_hosts: z.array(z.string()),
  egress_bytes: z.number(),
  request_id: z.string(),
  params: z.unknown(),
});

/** What part of the log is read. */
export interface ListCallsOptions {
  readonly filter: CallFilter;
  readonly limit: number;
  /** Id of the last call that was read before. */
  readonly after?: string;
}

/** Calls of the caller's account, newest first. Whether the caller may look is asked before. */
export async function listCalls(
  sql: AnySql,
  caller: Caller,
  { filter, limit, after }: ListCallsOptions,
): Promise<CallLine[]> {
  const { packageName, toolName, keyId, outcome, from, until } = filter;
  const rows = await sql`
    select id, at, via, user_id, key_id, collection_id, agent_id, package_name, version, tool_name,
      source, artifact, runtime, start_kind, outcome, duration_ms, tool_ms, cache, egress_hosts,
      egress_bytes::float8 as egress_bytes, request_id, params
    from call_log
    where ${visibleTo(sql, caller, { kind: "log", collectionColumn: "collection_id" })}
      ${packageName === undefined ? sql`` : sql`and package_name = ${packageName}`}
      ${toolName === undefined ? sql`` : sql`and tool_name = ${toolName}`}
      ${keyId === undefined ? sql`` : sql`and key_id = ${keyId}`}
      ${outcome === undefined ? sql`` : outcomeIs(sql, outcome)}
      ${from === undefined ? sql`` : sql`and at >= ${from}`}
      ${until === undefined ? sql`` : sql`and at < ${until}`}
      ${
    after === undefined ? sql`` : sql`and (at, id) < (
        select at, id from call_log where id = ${after} and owner_id = ${caller.tenant})`
  }
    order by at desc, id desc limit ${limit}`;
  return rows.map((row) => callLine(callRow.parse(row)));
}

function outcomeIs(sql: AnySql, outcome: string) {
  return outcome === "failure" ? sql`and outcome <> 'success'` : sql`and outcome = ${outcome}`;
}

function callLine(row: z.output<typeof callRow>): CallLine {
  return {
    id: row.id,
    at: row.at.toISOString(),
    via: row.via,
    userId: row.user_id,
    keyId: row.key_id,
    collectionId: row.collection_id,
    agentId: row.agent_id,
    packageName: row.package_name,
    version: row.version,
    toolName: row.tool_name,
    source: row.source,
    artifact: row.artifact,
    runtime: row.runtime,
    start: row.start_kind,
    outcome: row.outcome,
    durationMs: row.duration_ms,
    toolMs: row.tool_ms,
    cache: row.cache,
    egressHosts: row.egress_hosts,
    egressBytes: row.egress_bytes,
    requestId: row.request_id,
    params: row.params,
  };
}
