import type { PackageDescription } from "../../spec/description.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { ToolDefinition } from "../../spec/tool.ts";

const SHOWN = 20;

/**
 * The tool of that name.
 * @throws {AirlockError} `tool_not_found` that names the tools there are.
 */
export function pickTool(description: PackageDescription, name: string): ToolDefinition {
  const { tools, resolved } = description.manifest;
  const found = tools.find((tool) => tool.name === name);
  if (found !== undefined) return found;
  const names = tools.map((tool) => tool.name);
  throw new AirlockError(
    "tool_not_found",
    `find tool: ${resolved.packageName}@${resolved.version} has no tool of that name`,
    {
      stage: "select",
      suggestion: names.length === 0
        ? "The package has no tools."
        : `It has ${names.slice(0, SHOWN).join(", ")}${names.length > SHOWN ? ", …" : ""}.`,
      details: { tools: names.slice(0, SHOWN) },
    },
  );
}
