import { isAdvisory } from "../../spec/tool.ts";
import type { PlannedCall } from "./call.ts";

/**
 * Stage: checks the parameters against the tool's own schema, where it has one. A schema that is a
 * guess refuses nothing.
 * @throws {AirlockError} `invalid_input`.
 */
export function validateCall({ artifact, toolName, request, tools }: PlannedCall): void {
  const definition = artifact.manifest.tools.find((tool) => tool.name === toolName);
  if (!definition?.inputSchema || isAdvisory(definition.schemaStrategy)) return;
  tools.validate(definition.inputSchema, request.params);
}
