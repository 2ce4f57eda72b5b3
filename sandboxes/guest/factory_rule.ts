import { type AnyFunction, inputSchemaOf, sourceOf } from "./recognise_tool.ts";
import { regExpExec, safeGet, stringSlice } from "./primordials.ts";

/**
 * The rule of factories, in one place.
 *
 * Some packages export no tool but a function or a class that makes one out of configuration. To
 * tell it from a plain function without calling it, we go by its name and its source text:
 *
 * - A **likely** factory takes at most one argument, has no schema of its own, and is named
 *   `createX`, `makeX`, `buildX`, `initX`, `getXTools`, `xTool`, `xTools` or `xToolkit`; or it is
 *   synchronous and its source text defines a tool (`execute` with `inputSchema` or `parameters`).
 * - A **sure** factory is a likely one whose source text speaks of tools, or that is synchronous
 *   and named `xTool`, `xTools` or `xToolkit`.
 *
 * The probe calls every likely factory. A call opens the sure ones, those that a dotted name leads
 * through, and those whose plain call has just returned a tool instead of a result. So
 * `createIssue(params)`, which looks likely by its name alone, runs once and with its parameters.
 */
export type FactoryGuess = "no" | "likely" | "sure";

const FACTORY_NAME = /^(?:create|make|build|init)(?:[A-Z0-9_]|$)|^get.*Tools?$/;
const TOOL_NAME = /(?:Tools?|Toolkit|ToolSet)$/;
const ASYNC = /^async\b/;
const EXECUTE = /\bexecute\b/;
const SCHEMA = /\b(?:inputSchema|parameters)\b/;
const ABOUT_TOOLS = /[tT]ools?\b|Tool[A-Z(]/;
const PROVIDER_NAME = /(?:Tools?|Toolkit|ToolSet|Functions|Provider|Client|API|Api)$/;
const MAX_SOURCE_LENGTH = 50_000;

/** How likely the function exported as `exportName` makes a tool, by the rule above. */
export function guessFactory(fn: AnyFunction, exportName: string): FactoryGuess {
  const length = safeGet(fn, "length");
  if (typeof length !== "number" || length > 1 || inputSchemaOf(fn) !== undefined) return "no";
  const source = stringSlice(sourceOf(fn), 0, MAX_SOURCE_LENGTH);
  const isAsync = matches(ASYNC, source);
  const name = exportName === "default" ? ownName(fn) : exportName;
  const isNamedTool = matches(TOOL_NAME, name);
  const definesTool = matches(EXECUTE, source) && matches(SCHEMA, source);
  if (!isNamedTool && !matches(FACTORY_NAME, name)) return definesTool && !isAsync ? "sure" : "no";
  if (isNamedTool && !isAsync) return "sure";
  return definesTool || matches(ABOUT_TOOLS, bodyOf(source)) ? "sure" : "likely";
}

/** Whether the probe constructs the class exported as `exportName` to see what tools it holds. */
export function isLikelyProvider(exportName: string): boolean {
  return matches(PROVIDER_NAME, exportName);
}

/** Without the head: a function's own name says nothing that its export's name does not. */
function bodyOf(source: string): string {
  const match = regExpExec(/[{]|=>/, source);
  return match === null ? "" : stringSlice(source, match.index);
}

function ownName(fn: AnyFunction): string {
  const name = safeGet(fn, "name");
  return typeof name === "string" ? name : "";
}

function matches(pattern: RegExp, text: string): boolean {
  return regExpExec(pattern, text) !== null;
}
