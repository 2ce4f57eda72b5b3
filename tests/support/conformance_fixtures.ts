import { createCollection } from "../../accounts/collections/change_collection.ts";
import { addTool } from "../../accounts/collections/change_tools.ts";
import { OWNER_CALLER } from "../../accounts/owner_caller.ts";
import type { AnySql } from "../../registry/database/database.ts";
import { recordPackage } from "../../registry/catalog/record_package.ts";
import { toolsOfPackage } from "../../registry/catalog/tools_of_package.ts";
import { pinFromCatalog } from "../../registry/pins/pin_from_catalog.ts";
import type { CallContext, ExecutionRequest, ExecutionResult } from "../../spec/execution.ts";
import type { AccountsWorld } from "./accounts_world.ts";
import { type EntryTool, packageEntry } from "./catalog_entries.ts";
import { FIXTURE_OUTPUTS, SCHEMA_2020 } from "./conformance_parts.ts";
import { fakeFailure, fakeMeta } from "./fake_gateway.ts";

/** Package of the fixtures: names of its tools over MCP begin with it. */
export const FIXTURE_SOURCE = "fixtures";

/** Tools that the conformance suite for servers calls, as far as they are tools and nothing else. */
const FIXTURE_TOOLS: readonly EntryTool[] = [...Object.keys(FIXTURE_OUTPUTS), "test_error_handling"]
  .map((name) => ({
    name,
    description: `The suite's ${name}`,
    inputSchema: name.startsWith("json_schema") ? SCHEMA_2020 : { type: "object" },
  }));

/** Makes the collection `suite` of these tools, which is the local owner's: for tests only. */
export async function fillFixtures({ database: { sql } }: AccountsWorld): Promise<void> {
  const entry = packageEntry({ name: FIXTURE_SOURCE, tools: FIXTURE_TOOLS });
  await recordPackage(sql, { ...entry, lock: { modules: {}, packages: {} } });
  const tools = await toolsOfPackage(sql, { source: "npm", packageName: FIXTURE_SOURCE });
  const { tenant: ownerId } = OWNER_CALLER;
  await sql.begin(async (tx: AnySql) => {
    const actor = { caller: OWNER_CALLER, requestId: null };
    const { id: collectionId } = await createCollection(tx, actor, { name: "Suite" });
    for (const { id: toolId } of tools) {
      await addTool(tx, actor, { collectionId, toolId });
      await pinFromCatalog(tx, { collectionId, toolId, ownerId, by: null });
    }
  });
}

/** Does what the suite expects of each of them. */
export async function runFixture(
  { name }: ExecutionRequest,
  context: CallContext,
): Promise<ExecutionResult> {
  const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
  for (const step of ["started", "processing", "completed"]) {
    if (name === "test_tool_with_logging") {
      context.onLog?.({ level: "info", message: `Tool ${step}`, atMs: 0 });
    }
    if (name === "test_tool_with_progress") context.onProgress?.(step);
    if (/logging|progress/.test(name)) await pause();
  }
  if (name === "test_error_handling") {
    return fakeFailure("tool_error", context, { error: "This tool intentionally fails" });
  }
  const output = FIXTURE_OUTPUTS[name] ?? null;
  return { success: true, output, executionTimeMs: 1, meta: fakeMeta(context) };
}
