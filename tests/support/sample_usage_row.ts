import type { UsageRow } from "../../accounts/usage/usage_row.ts";
import { newId } from "../../registry/database/new_id.ts";

/** A call of tenant `ten_a` that went well, changed as told: for tests only. */
export function sampleUsageRow(more: Partial<UsageRow> = {}): UsageRow {
  return {
    id: newId("call"),
    at: new Date().toISOString(),
    owner_id: "ten_a",
    user_id: null,
    key_id: "key_a",
    collection_id: null,
    agent_id: null,
    via: "http",
    package_name: "sample",
    version: "1.0.0",
    tool_name: "echo",
    source: "npm",
    artifact: "d1",
    runtime: "deno",
    start_kind: "preloaded",
    outcome: "success",
    duration_ms: 2.5,
    tool_ms: 1,
    cache: "off",
    egress_hosts: [],
    egress_bytes: 10,
    request_id: "req-1",
    params: null,
    ...more,
  };
}
