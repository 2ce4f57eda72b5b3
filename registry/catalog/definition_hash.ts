import { createHash } from "node:crypto";
import type { DeclaredNeeds } from "../../spec/artifact.ts";
import { canonicalJson } from "../../spec/canonical_json.ts";
import type { EnvDeclaration, ToolDefinition } from "../../spec/tool.ts";

/** All that a tool says of itself, and asks for, before it is called. */
export interface HashedDefinition {
  readonly tool:
    & Pick<ToolDefinition, "name" | "description" | "inputSchema" | "outputSchema">
    & Partial<Pick<ToolDefinition, "schemaStrategy">>;
  /** What its package declares that it reads. */
  readonly env: readonly EnvDeclaration[];
  /** What its package asks for. */
  readonly needs: DeclaredNeeds;
}

/**
 * What of a definition can change what a model does with the tool, or what a person would allow it:
 * name, description, schemas, declared environment and permissions. What is left out says how it
 * runs, not what it is.
 */
export function definitionText({ tool, env, needs }: HashedDefinition): string {
  return canonicalJson({
    formatVersion: 1,
    name: tool.name,
    description: tool.description,
    // A model may guess otherwise the next time: that changes nothing of the tool.
    inputSchema: tool.schemaStrategy === "model" ? null : tool.inputSchema,
    outputSchema: tool.outputSchema,
    // In which order variables are declared means nothing.
    env: [...env].sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
    permissions: { net: sortedNet(needs.net), fs: needs.fs ?? "none" },
  });
}

/** Lower-case hex SHA-256 of {@linkcode definitionText}. */
export function definitionHash(definition: HashedDefinition): string {
  return createHash("sha256").update(definitionText(definition)).digest("hex");
}

function sortedNet(net: DeclaredNeeds["net"]): DeclaredNeeds["net"] {
  if (net === undefined) return "none";
  return typeof net === "string" ? net : [...net].sort();
}
