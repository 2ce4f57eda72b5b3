import type { DefinitionFinding } from "../../spec/definition_finding.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../spec/json.ts";
import { scanDefinition } from "./scan_definition.ts";

/** What the scan says of a pinned definition. */
export function scanState(definition: JsonObject): readonly DefinitionFinding[] {
  return scanDefinition({
    name: textOf(definition.name),
    description: textOf(definition.description),
    inputSchema: objectOf(definition.inputSchema),
    outputSchema: objectOf(definition.outputSchema),
  });
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

function objectOf(value: JsonValue | undefined): JsonObject | null {
  return isJsonObject(value) ? value : null;
}
