import type { PackageDescription } from "../../spec/description.ts";
import type { ToolDefinition } from "../../spec/tool.ts";
import type { TestWorld } from "./test_world.ts";

/** What a world's engine says about a package. */
export async function describePackage(
  world: TestWorld,
  packageName: string,
  version?: string,
): Promise<PackageDescription> {
  return await world.engine.describer.describe({ packageName, version }, {
    tenant: "test",
    requestId: crypto.randomUUID(),
    signal: new AbortController().signal,
  });
}

/** The tool of that name; fails where the package has none. */
export function toolNamed(description: PackageDescription, name: string): ToolDefinition {
  const found = description.manifest.tools.find((tool) => tool.name === name);
  if (found !== undefined) return found;
  const names = description.manifest.tools.map((tool) => tool.name);
  throw new Error(`no tool ${name} among ${names.join(", ")}`);
}
