import { z } from "zod";
import { isJsonObject, type JsonObject, type JsonSchema } from "../../spec/json.ts";
import type { EnvDeclaration } from "../../spec/tool.ts";
import { parameterSchema } from "./parameter_schema.ts";

/** A tool as its package describes it. */
export interface DeclaredTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonSchema | null;
}

/** What the `tpmjs` field of a `package.json` says. */
export interface TpmjsField {
  readonly category: string | null;
  readonly tools: readonly DeclaredTool[];
  readonly env: readonly EnvDeclaration[];
  readonly frameworks: readonly string[];
  /** One line for each part that was not understood, and left out. */
  readonly warnings: readonly string[];
}

const MAX_TOOLS = 500;
const MAX_ENV = 100;

const DESCRIPTION = z.string().transform((text) => text.slice(0, 4_000)).catch("");
const CATEGORY = z.string().min(1).max(100);
const FRAMEWORKS = z.array(z.string().min(1).max(50)).max(50);
const NAME = z.string().min(1).max(200);
const TOOL = z.looseObject({
  name: NAME.optional(),
  // An older spelling of the same.
  exportName: NAME.optional(),
  description: DESCRIPTION,
});
const ENV_NAME = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/);
const ENV = z.union([
  ENV_NAME.transform((name) => ({ name, required: true })),
  z.object({
    name: ENV_NAME,
    description: z.string().max(4_000).optional().catch(undefined),
    required: z.boolean().catch(true),
    default: z.string().max(4_000).optional().catch(undefined),
  }),
]);

/** Reads the field; whatever is wrong in it costs that part and a warning, never the package. */
export function readTpmjsField(packageJson: JsonObject): TpmjsField {
  const warnings: string[] = [];
  const field = packageJson.tpmjs;
  const warn = (what: string) => warnings.push(`package.json: tpmjs${what} was not understood`);
  if (field === undefined) return { category: null, tools: [], env: [], frameworks: [], warnings };
  if (!isJsonObject(field)) {
    warn("");
    return { category: null, tools: [], env: [], frameworks: [], warnings };
  }
  const part = <T>(name: string, schema: z.ZodType<T>, absent: T): T => {
    if (field[name] === undefined) return absent;
    const parsed = schema.safeParse(field[name]);
    if (!parsed.success) warn(`.${name}`);
    return parsed.success ? parsed.data : absent;
  };
  const list = (name: string, max: number) => part(name, z.array(z.unknown()).max(max), []);
  const tools = list("tools", MAX_TOOLS).flatMap((entry, index) => {
    const tool = readTool(entry);
    if (tool === undefined) warn(`.tools[${index}]`);
    return tool === undefined ? [] : [tool];
  });
  const env = list("env", MAX_ENV).flatMap((entry, index) => {
    const parsed = ENV.safeParse(entry);
    if (!parsed.success) warn(`.env[${index}]`);
    return parsed.success ? [parsed.data] : [];
  });
  const category = part<string | null>("category", CATEGORY, null);
  const frameworks = part("frameworks", FRAMEWORKS, []);
  return { category, tools: tools.length > 0 ? tools : legacy(field), env, frameworks, warnings };
}

function readTool(entry: unknown): DeclaredTool | undefined {
  const parsed = TOOL.safeParse(entry);
  const name = parsed.data?.name ?? parsed.data?.exportName;
  if (name === undefined || !isJsonObject(entry)) return undefined;
  const description = parsed.data?.description ?? "";
  return { name, description, inputSchema: parameterSchema(entry.parameters) ?? null };
}

/** The first form of the field described one tool, the default export, by itself. */
function legacy(field: JsonObject): DeclaredTool[] {
  const inputSchema = parameterSchema(field.parameters) ?? null;
  if (field.tools !== undefined || inputSchema === null) return [];
  return [{ name: "default", description: DESCRIPTION.parse(field.description), inputSchema }];
}
