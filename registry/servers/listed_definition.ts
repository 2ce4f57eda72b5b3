import type { DefinitionFinding } from "../../spec/definition_finding.ts";
import { isJsonObject, type JsonObject } from "../../spec/json.ts";
import { scanDefinition } from "../pins/scan_definition.ts";

/** A tool as another server lists it: what is compared, kept and shown. */
export interface ListedDefinition {
  readonly name: string;
  /** Name, title, description, schemas and annotations. */
  readonly definition: JsonObject;
  /** Of the definition: lower-case hex SHA-256. */
  readonly digest: string;
}

/**
 * What the scan says of a tool that another server lists. Titles are read by models as well.
 * @param otherTools Names of the tools beside it.
 */
export function scanListed(
  { name, definition }: Pick<ListedDefinition, "name" | "definition">,
  otherTools: readonly string[],
): readonly DefinitionFinding[] {
  const { title, description, inputSchema, outputSchema } = definition;
  const words = [title, description].filter((text) => typeof text === "string");
  return scanDefinition({
    ...{ name, description: words.join("\n\n"), otherTools },
    inputSchema: isJsonObject(inputSchema) ? inputSchema : null,
    outputSchema: isJsonObject(outputSchema) ? outputSchema : null,
  });
}
