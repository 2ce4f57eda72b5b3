import type {
  ArtifactManifest,
  BuiltArtifact,
  ResolvedPackage,
  RuntimeVerdict,
} from "../../spec/artifact.ts";
import type { JsonObject, JsonSchema } from "../../spec/json.ts";
import type { ProbeReport } from "../../spec/sandbox.ts";
import type { ToolDefinition } from "../../spec/tool.ts";
import { readAirlockField } from "./airlock_field.ts";
import { readExamples } from "./read_examples.ts";
import { type RepairedSchema, repairSchema } from "./schema/repair_schema.ts";
import type { ToolSignature, TypeReport } from "./types/type_request.ts";
import { type DeclaredTool, readTpmjsField } from "./tpmjs_field.ts";

/** All that is known of a package once it is built and probed. */
export interface ManifestFacts {
  readonly resolved: ResolvedPackage;
  readonly packageJson: JsonObject;
  readonly built: BuiltArtifact;
  readonly report: ProbeReport;
  /** What declarations say of tools whose code says nothing. */
  readonly signatures?: TypeReport;
  /** What each runtime that is set up says of the built code. */
  readonly verdicts: readonly RuntimeVerdict[];
}

const MAX_WARNINGS = 100;
const MAX_DESCRIPTION_CHARACTERS = 4_000;

/**
 * Puts together what the code showed and what `package.json` says. The code is believed first; the
 * package's own words fill what the code leaves open.
 */
export function makeManifest(facts: ManifestFacts): ArtifactManifest {
  const { resolved, packageJson, built, report } = facts;
  const tpmjs = readTpmjsField(packageJson);
  const airlock = readAirlockField(packageJson);
  const declares = built.declares;
  const description = typeof packageJson.description === "string"
    ? packageJson.description
    : declares?.description ?? "";
  const warnings = [
    ...built.warnings,
    ...report.warnings,
    ...tpmjs.warnings,
    ...airlock.warnings,
    ...missingTools(tpmjs.tools, report.tools),
  ];
  const examples = readExamples(packageJson, report.tools.map(({ name }) => name));
  return {
    formatVersion: 1,
    resolved,
    form: built.form,
    entry: built.entry,
    description: description.slice(0, MAX_DESCRIPTION_CHARACTERS),
    category: tpmjs.category,
    tools: describeTools(report.tools, {
      ...{ declared: tpmjs.tools, description, signatures: facts.signatures ?? {} },
    }),
    otherExports: report.otherExports,
    env: [...tpmjs.env, ...declares?.env ?? []],
    needs: { ...declares?.needs, ...airlock.needs },
    ...(examples.length > 0 && { examples }),
    uses: built.uses,
    runtimes: facts.verdicts,
    warnings: warnings.slice(0, MAX_WARNINGS),
  };
}

/** The tools that a package declares, as a report, for code that cannot be looked at. */
export function declaredReport(packageJson: JsonObject, warning: string): ProbeReport {
  const tools = readTpmjsField(packageJson).tools.map((declared): ToolDefinition => ({
    name: declared.name,
    description: declared.description,
    shape: "ai-tool",
    inputSchema: declared.inputSchema,
    outputSchema: null,
    schemaStrategy: declared.inputSchema === null ? "none" : "package",
    warnings: [],
  }));
  return { tools, otherExports: [], warnings: [warning] };
}

/** Declared tools come first, in the package's order. */
function describeTools(
  found: readonly ToolDefinition[],
  { declared, description, signatures }: {
    readonly declared: readonly DeclaredTool[];
    readonly description: string;
    readonly signatures: TypeReport;
  },
): ToolDefinition[] {
  const rank = (tool: ToolDefinition) => {
    const at = declared.findIndex(({ name }) => name === tool.name);
    return at === -1 ? declared.length : at;
  };
  const alone = found.length === 1 ? description : "";
  return found.map((tool): ToolDefinition => {
    const own = declared.find(({ name }) => name === tool.name);
    const signature = Object.hasOwn(signatures, tool.name) ? signatures[tool.name] : undefined;
    const words = tool.description || own?.description || signature?.description || alone;
    const described = { ...tool, description: words.slice(0, MAX_DESCRIPTION_CHARACTERS) };
    if (tool.inputSchema !== null) return mend(described);
    if (own !== undefined && own.inputSchema !== null) {
      return mend({ ...described, inputSchema: own.inputSchema, schemaStrategy: "package" });
    }
    return mend(signature === undefined ? described : withSignature(described, signature));
  }).sort((a, b) => rank(a) - rank(b));
}

/** The last thing to go by: what the package's declarations say. */
function withSignature(tool: ToolDefinition, signature: ToolSignature): ToolDefinition {
  const { inputSchema, positional, warnings } = signature;
  return {
    ...tool,
    inputSchema,
    schemaStrategy: inputSchema === null ? "none" : signature.strategy ?? "typescript",
    ...(positional !== undefined && { positional }),
    warnings: [...tool.warnings, ...warnings],
  };
}

/** What is wrong with the schemas of a tool is mended, and said. */
function mend(tool: ToolDefinition): ToolDefinition {
  const input = repaired(tool.inputSchema, true);
  const output = repaired(tool.outputSchema, false);
  const warnings = [...input.warnings, ...output.warnings.map((text) => `output ${text}`)];
  if (warnings.length === 0) return tool;
  return {
    ...tool,
    inputSchema: input.schema,
    outputSchema: output.schema,
    schemaStrategy: input.schema === null ? "none" : tool.schemaStrategy,
    warnings: [...tool.warnings, ...warnings],
  };
}

function repaired(schema: JsonSchema | null, wantsObject: boolean): RepairedSchema {
  return schema === null ? { schema, warnings: [] } : repairSchema(schema, { wantsObject });
}

function missingTools(
  declared: readonly DeclaredTool[],
  found: readonly ToolDefinition[],
): string[] {
  const names = new Set(found.map(({ name }) => name));
  return declared.filter(({ name }) => !names.has(name))
    .map(({ name }) => `package.json: tpmjs.tools names ${name}, which the code does not export`);
}
