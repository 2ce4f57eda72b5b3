import { newId } from "../../registry/database/new_id.ts";
import type { CallRoute } from "../../spec/call_origin.ts";
import type {
  CallContext,
  ExecutionMeta,
  ExecutionRequest,
  ExecutionResult,
} from "../../spec/execution.ts";
import { keptParams } from "./kept_params.ts";

/** Hosts that one line of the log names; a call that asks more says so by its bytes. */
const MAX_HOSTS = 32;

/** Longest name of a tool or package in the log. */
const MAX_NAME_CHARACTERS = 300;

/** One call, as it is kept. */
export interface UsageRow {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly owner_id: string;
  readonly user_id: string | null;
  readonly key_id: string | null;
  readonly collection_id: string | null;
  readonly agent_id: string | null;
  readonly via: CallRoute;
  readonly package_name: string;
  readonly version: string | null;
  readonly tool_name: string;
  /** `mcp` for tools of other servers; `null` where nobody said where the tool is from. */
  readonly source: string | null;
  readonly artifact: string | null;
  readonly runtime: string | null;
  readonly start_kind: string | null;
  /** `success`, or the error's code. */
  readonly outcome: string;
  readonly duration_ms: number;
  readonly tool_ms: number | null;
  readonly cache: string;
  readonly egress_hosts: readonly string[];
  readonly egress_bytes: number;
  readonly request_id: string;
  /** JSON text; `null` where the account does not want it kept. */
  readonly params: string | null;
}

/** One call with how it went. */
export interface EndedCall {
  readonly request: ExecutionRequest;
  readonly context: CallContext;
  readonly result: ExecutionResult;
  readonly endedAt: Date;
}

/** The line of a call that has ended. Holds no result, no log and no value of its environment. */
export function usageRow({ request, context, result, endedAt }: EndedCall): UsageRow {
  const { meta } = result;
  const { origin, grant } = context;
  const bytes = meta.egress.reduce((sum, one) => sum + one.requestBytes + one.responseBytes, 0);
  return {
    id: newId("call"),
    at: new Date(endedAt.getTime() - result.executionTimeMs).toISOString(),
    owner_id: context.tenant,
    user_id: origin?.userId ?? null,
    key_id: origin?.keyId ?? null,
    collection_id: origin?.collectionId ?? null,
    agent_id: origin?.agentId ?? null,
    via: origin?.via ?? "http",
    package_name: storable(request.packageName),
    version: meta.version,
    tool_name: storable(request.name),
    source: sourceOf({ request, context }),
    artifact: meta.artifact,
    runtime: meta.runtime,
    start_kind: meta.start,
    outcome: result.success ? "success" : result.code,
    duration_ms: result.executionTimeMs,
    tool_ms: meta.timings.tool ?? null,
    cache: meta.cache,
    egress_hosts: hostsOf(meta.egress),
    egress_bytes: bytes,
    request_id: context.requestId,
    params: origin?.keepParams === true ? keptParams(request.params, grant?.redact) : null,
  };
}

function hostsOf(egress: ExecutionMeta["egress"]): readonly string[] {
  if (egress.length === 0) return [];
  return [...new Set(egress.map(({ host }) => host))].slice(0, MAX_HOSTS).map(storable);
}

function sourceOf({ request, context }: Pick<EndedCall, "request" | "context">): string | null {
  if (context.elsewhere !== undefined) return context.elsewhere.source;
  return request.source === "auto" ? null : request.source ?? null;
}

/** PostgreSQL holds no NUL, and nobody needs more of a name than this. */
function storable(text: string): string {
  return text.slice(0, MAX_NAME_CHARACTERS).replaceAll("\0", "\ufffd").toWellFormed();
}
