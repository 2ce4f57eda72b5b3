import type { ToolShape } from "../../spec/tool.ts";
import { functionToString, isObjectLike, regExpExec, safeGet } from "./primordials.ts";

/** How a recognised tool wants to be called. */
export type CallStyle =
  /** `(input, { abortSignal, toolCallId, messages })`: AI SDK, agentic, Mastra 1 and their kin. */
  | "ai-sdk"
  /** `({ context: input, … })`: Mastra before 1.0. */
  | "mastra-context"
  /** `(input, { signal })`, parsing the input itself: LangChain's `invoke`. */
  | "invoke"
  /** A bare function: see `callTool`. */
  | "function";

/** A tool recognised in a value, ready to be called. */
export interface RecognisedTool {
  readonly shape: ToolShape;
  readonly style: CallStyle;
  /** The object or function that was recognised: holds description and schemas. */
  readonly value: object;
  readonly method: AnyFunction;
  /** `this` of the call. */
  readonly receiver: unknown;
}

/** A function of unknown signature: its results are checked, its arguments are the tool's affair. */
export type AnyFunction = (...args: unknown[]) => unknown;

/** Methods by which tool objects are called, first match wins. */
const METHODS = ["execute", "invoke", "handler", "run", "func", "_call"] as const;

/** Properties under which tools keep the schema of their input, first match wins. */
export const INPUT_SCHEMA_KEYS = ["inputSchema", "parameters", "schema", "input_schema"] as const;

/**
 * Recognises a value that says by its own shape that it is a tool: something with a method out of
 * {@linkcode METHODS} beside a schema, a description or a `type`. A function without any of these
 * is nobody's tool until its export is named (see `factory_rule.ts`).
 */
export function recogniseTool(value: unknown): RecognisedTool | null {
  if (!isObjectLike(value)) return null;
  for (let index = 0; index < METHODS.length; index++) {
    const name = METHODS[index]!;
    const method = safeGet(value, name);
    if (!isFunction(method)) continue;
    if (!describesItself(value, name)) return null;
    return recognised(value, { name, method });
  }
  // A bare function that carries its schema.
  if (isFunction(value) && !isClass(value) && inputSchemaOf(value) !== undefined) {
    return { shape: "ai-tool", style: "function", value, method: value, receiver: undefined };
  }
  return null;
}

function recognised(
  value: object,
  { name, method }: { name: typeof METHODS[number]; method: AnyFunction },
): RecognisedTool {
  const shape = safeGet(value, "type") === "dynamic" ? "dynamic-tool" : "ai-tool";
  const isOldMastra = hasProperty(value, "mastra") && !hasProperty(value, "mcp");
  const style = name === "invoke" ? "invoke" : isOldMastra ? "mastra-context" : "ai-sdk";
  return { shape, style, value, method, receiver: value };
}

/** `execute` is a common word: an object must say more than that to count as a tool. */
function describesItself(value: object, method: typeof METHODS[number]): boolean {
  if (inputSchemaOf(value) !== undefined) return true;
  if (typeof safeGet(value, "description") !== "string") return false;
  return method === "execute" || toolNameOf(value) !== undefined;
}

/** The schema of a tool's input as the tool keeps it, in whatever library's form. */
export function inputSchemaOf(value: object): unknown {
  for (let index = 0; index < INPUT_SCHEMA_KEYS.length; index++) {
    const schema = safeGet(value, INPUT_SCHEMA_KEYS[index]!);
    if (isObjectLike(schema)) return schema;
  }
  return undefined;
}

/** The name that a tool gives itself: `name`, `id`, `toolName` or the `name` of its `spec`. */
export function toolNameOf(value: object): string | undefined {
  const spec = safeGet(value, "spec");
  const names = [safeGet(spec, "name"), safeGet(value, "id"), safeGet(value, "toolName")];
  // Every function has a `name`; only an object's was given on purpose.
  if (typeof value !== "function") names[names.length] = safeGet(value, "name");
  for (let index = 0; index < names.length; index++) {
    const name = names[index];
    if (typeof name === "string" && name !== "") return name;
  }
  return undefined;
}

/** Whether `value` can be called. */
export function isFunction(value: unknown): value is AnyFunction {
  return typeof value === "function";
}

const CLASS_SOURCE = /^class[\s{]/;

/** Whether `value` is a `class`: calling it without `new` would throw. */
export function isClass(value: AnyFunction): boolean {
  return regExpExec(CLASS_SOURCE, sourceOf(value)) !== null;
}

/** The source text of a function, empty where there is none to see. */
export function sourceOf(value: AnyFunction): string {
  try {
    return functionToString(value);
  } catch {
    // A proxy around a function has no source text.
    return "";
  }
}

function hasProperty(value: object, key: string): boolean {
  try {
    return key in value;
  } catch {
    // A proxy's trap threw: nothing to see.
    return false;
  }
}
