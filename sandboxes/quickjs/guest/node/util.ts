// style-ok jsdoc: each export is the function of node:util that its name says.
/** `node:util` of the polyfill set, with what packages use that it lacks. */
import polyfill from "@jspm/core/nodelibs/util";
import { formatLine } from "../../../guest/format_line.ts";
import types from "./util_types.ts";
import { inspect as inspectValue } from "../web/inspect.ts";
import assert from "@jspm/core/nodelibs/assert";

export * from "@jspm/core/nodelibs/util";

/** How Node shows values: texts in single quotes, two levels below the first. */
const NODE = { depth: 2, quote: "'" } as const;
const CUSTOM = Symbol.for("nodejs.util.inspect.custom");
const PROMISIFIED = Symbol.for("nodejs.util.promisify.custom");

interface InspectOptions {
  readonly depth?: number | null;
}

function show(value: unknown, options: InspectOptions | boolean = {}): string {
  const { depth = NODE.depth } = typeof options === "object" ? options : {};
  return inspectValue(value, { ...NODE, depth: depth ?? Infinity, custom: CUSTOM });
}

export const inspect = Object.assign(show, { custom: CUSTOM, defaultOptions: { depth: 2 } });

export function format(...values: unknown[]): string {
  const isText = typeof values[0] === "string";
  const text = formatLine(isText ? values : ["", ...values], (value) => show(value));
  return isText ? text : text.slice(1);
}

function promised(run: (...args: unknown[]) => unknown): unknown {
  const custom: unknown = Reflect.get(Object(run), PROMISIFIED);
  return typeof custom === "function" ? custom : polyfill.promisify(run);
}

export const promisify = Object.assign(promised, { custom: PROMISIFIED });

export function isDeepStrictEqual(a: unknown, b: unknown): boolean {
  try {
    assert.deepStrictEqual(a, b);
    return true;
  } catch {
    // The one thing that it throws is that they differ.
    return false;
  }
}

// ECMA-48 control sequences, with operating system commands.
// deno-lint-ignore no-control-regex
const CONTROL = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;

export function stripVTControlCharacters(text: string): string {
  return String(text).replace(CONTROL, "");
}

export function toUSVString(text: string): string {
  return String(text).toWellFormed();
}

export { types };
export default {
  ...polyfill,
  types,
  format,
  inspect,
  promisify,
  isDeepStrictEqual,
  stripVTControlCharacters,
  toUSVString,
};
