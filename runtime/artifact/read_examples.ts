import type { ToolExample } from "../../spec/artifact.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../spec/json.ts";

/** Of one package. */
const MAX_EXAMPLES = 20;
/** Longer ones are left out. */
const MAX_CHARACTERS = 16 * 1024;

/**
 * The inputs that a `package.json` gives for trying its tools out: `airlock.examples`
 * (`{ tool, params }` each) and the `healthCheck.testParams` of the `tpmjs` field, of one tool or of
 * the package, which then means its first tool. What names none of `tools` is left out.
 */
export function readExamples(packageJson: JsonObject, tools: readonly string[]): ToolExample[] {
  const airlock = inside(packageJson, "airlock");
  const tpmjs = inside(packageJson, "tpmjs");
  const found: { readonly tool: JsonValue | undefined; readonly params: JsonValue | undefined }[] =
    [];
  for (const example of listOf(airlock.examples)) {
    if (isJsonObject(example)) found.push({ tool: example.tool, params: example.params });
  }
  for (const declared of listOf(tpmjs.tools)) {
    if (!isJsonObject(declared)) continue;
    const { testParams } = inside(declared, "healthCheck");
    found.push({ tool: declared.name ?? declared.exportName, params: testParams });
  }
  const { tool, testParams } = inside(tpmjs, "healthCheck");
  found.push({ tool: tool ?? tools[0], params: testParams });
  return found.flatMap(({ tool, params }) => {
    if (typeof tool !== "string" || !tools.includes(tool) || params === undefined) return [];
    return JSON.stringify(params).length > MAX_CHARACTERS ? [] : [{ tool, params }];
  }).slice(0, MAX_EXAMPLES);
}

function inside(object: JsonObject, name: string): JsonObject {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return isJsonObject(value) ? value : {};
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}
