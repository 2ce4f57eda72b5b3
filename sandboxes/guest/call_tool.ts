import type { FindContext } from "./find_context.ts";
import { asTool, type FoundTool } from "./found_tool.ts";
import { openFactory } from "./open_factory.ts";
import {
  isArray,
  objectKeys,
  ObjectPrototype,
  reflectApply,
  reflectGetPrototypeOf,
  regExpExec,
} from "./primordials.ts";
import { type AnyFunction, inputSchemaOf, sourceOf } from "./recognise_tool.ts";
import { validateInput } from "./validate_input.ts";

/** What a call is given beside its parameters. */
export interface CallOptions extends FindContext {
  /** Aborts when the call is cancelled; handed to the tool. */
  readonly signal: AbortSignal;
  readonly callId: string;
}

/** What a tool returned, awaited once. Boxed: a `then` that appears later is never called. */
export interface CallOutcome {
  readonly value: unknown;
  /** Of an async iterator only the last item is the result (AI SDK); the others are progress. */
  readonly lastItemIsResult: boolean;
}

/**
 * Calls a tool. Parameters go through the tool's own schema first, and what the schema makes of
 * them is passed on. A bare function gets
 *
 * - the items of an array as positional arguments,
 * - nothing for `undefined`, or for `{}` where it declares no parameter,
 * - a plain object, followed by the call's options where it declares a second parameter and its
 *   source text names one of them (anything else may take that parameter for something of its own),
 * - anything else as its only argument.
 *
 * A bare function that answers with a tool turns out to be a factory: it is opened by the rule of
 * `factory_rule.ts` and that tool is called.
 *
 * @throws {InvalidInputError} when the schema refuses the parameters.
 * @throws whatever the tool throws; see `describeFailure`.
 */
export async function callTool(
  found: FoundTool,
  params: unknown,
  options: CallOptions,
): Promise<CallOutcome> {
  const { style, method, receiver } = found;
  const schema = inputSchemaOf(found.value);
  // LangChain's `invoke` parses again, and takes a bare string where its schema wants an object.
  const parses = schema !== undefined && !(style === "invoke" && typeof params === "string");
  const input = parses ? (await validateInput(schema, params)).value : params;
  const args = style === "function"
    ? functionArguments(method, input, options)
    : toolArguments(style, style === "invoke" ? params : input, options);
  const value: unknown = await reflectApply(method, receiver, args);
  if (style !== "function") return outcome(value, true);
  const made = schema === undefined ? asTool(value, { name: found.name, shape: "factory" }) : null;
  if (made === null) return outcome(value, false);
  return await callTool(await reopen(found, options), params, options);
}

/** `found` returned a tool made of call parameters; this makes it of configuration instead. */
async function reopen(found: FoundTool, options: CallOptions): Promise<FoundTool> {
  const { made, failure } = await openFactory(found.method, options);
  const tool = asTool(made, { name: found.name, shape: "factory" });
  if (tool !== null && tool.style !== "function") return tool;
  throw new Error(`configure tool ${found.name}: ${failure ?? "its factory made no single tool"}`);
}

function toolArguments(
  style: FoundTool["style"],
  input: unknown,
  options: CallOptions,
): readonly unknown[] {
  if (style === "invoke") return [input, { signal: options.signal }];
  const extra = toolOptions(options);
  return style === "mastra-context" ? [{ context: input, ...extra }, extra] : [input, extra];
}

function functionArguments(
  method: AnyFunction,
  input: unknown,
  options: CallOptions,
): readonly unknown[] {
  if (isArray(input)) return input;
  if (input === undefined) return [];
  if (!isPlainObject(input)) return [input];
  if (method.length === 0 && objectKeys(input).length === 0) return [];
  return takesOptions(method) ? [input, toolOptions(options)] : [input];
}

const OPTION_NAMES = /\b(?:abortSignal|toolCallId)\b/;

function takesOptions(method: AnyFunction): boolean {
  return method.length >= 2 && regExpExec(OPTION_NAMES, sourceOf(method)) !== null;
}

function toolOptions({ signal, callId }: CallOptions) {
  return { abortSignal: signal, toolCallId: callId, messages: [] };
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype = reflectGetPrototypeOf(value);
  return prototype === ObjectPrototype || prototype === null;
}

function outcome(value: unknown, lastItemIsResult: boolean): CallOutcome {
  return { __proto__: null, value, lastItemIsResult } as CallOutcome;
}
