import assert from "node:assert/strict";
import { executeSlugSchema, listToolsQuery, toolFilter } from "./tool_schemas.ts";

Deno.test("executeSlugSchema leaves what the slug says to the slug", () => {
  const body = executeSlugSchema.parse({ params: 1, packageName: "evil", version: "9", name: "x" });
  assert.deepEqual(body, { params: 1 });
});

Deno.test("toolFilter() reads a query", () => {
  const query = listToolsQuery.parse({ category: "web", minPopularity: "2.5", limit: "7" });
  assert.deepEqual(toolFilter(query), {
    ...{ category: "web", source: undefined, runtime: undefined, health: undefined },
    minPopularity: 2.5,
  });
});
