import { builtinModules } from "node:module";
import type { GuestSources } from "./guest_sources.ts";

/** Where implementations of built-ins are found among the modules. */
export const BUILTIN_PREFIX = "airlock:node/";

/** The name of a built-in's implementation, without its suffix. */
export function builtinFile(name: string): string {
  return name.replaceAll("/", "_");
}

const KNOWN: ReadonlySet<string> = new Set(builtinModules);

/**
 * The texts of the `node:` modules that `code` names. Each has all the names that Deno's has, so that
 * everything links; what there is no implementation of is a function that, when it is first called,
 * refuses the call by its name.
 */
export async function builtinModuleTexts(
  code: string,
  { builtins }: GuestSources,
): Promise<Record<string, string>> {
  const named = [...code.matchAll(/["']node:([a-z_0-9/]+)["']/g)].map((match) => match[1]!);
  const wanted = new Set([...named, ...Object.keys(builtins)].filter((name) => KNOWN.has(name)));
  const texts = await Promise.all([...wanted].map(async (name) => {
    const specifier = `node:${name}`;
    const native: Record<string, unknown> = await import(specifier);
    const implemented = Object.hasOwn(builtins, name) ? builtins[name] : undefined;
    return [specifier, moduleText(name, { native, implemented })] as const;
  }));
  return Object.fromEntries(texts);
}

const RESERVED: ReadonlySet<string> = new Set(["default", "arguments", "eval"]);

function moduleText(
  name: string,
  { native, implemented }: {
    readonly native: Readonly<Record<string, unknown>>;
    readonly implemented: readonly string[] | undefined;
  },
): string {
  const missing = Object.keys(native)
    .filter((key) => /^[A-Za-z_$][\w$]*$/.test(key) && !RESERVED.has(key))
    .filter((key) => !implemented?.includes(key));
  const lines = [MISSING];
  if (implemented !== undefined) {
    const from = `"${BUILTIN_PREFIX}${builtinFile(name)}.js"`;
    lines.push(`export * from ${from};`);
    if (implemented.includes("default")) lines.push(`import whole from ${from};`);
    else lines.push(`import * as given from ${from};`, "const whole = { ...given };");
  } else {
    lines.push("const whole = {};");
  }
  for (const key of missing) {
    lines.push(`export const ${key} = ${memberText(name, { key, native })};`);
  }
  // What is imported whole, as `require` does it, lacks the same things by name.
  if (name !== "process") lines.push(`fill(whole, { ${missing.join(", ")} });`);
  lines.push("export default whole;");
  return lines.join("\n");
}

/** Constants are as they are; `process` is the sandbox's own; the rest is missing. */
function memberText(
  name: string,
  { key, native }: { readonly key: string; readonly native: Readonly<Record<string, unknown>> },
): string {
  if (name === "process") return `whole.${key}`;
  return valueText(`node:${name}`, { path: key, value: read(native, key), depth: 0 });
}

/** Groups of functions and constants, such as `fs.promises` and `http.METHODS`, are looked into. */
const MAX_DEPTH = 2;

function valueText(
  module: string,
  { path, value, depth }: {
    readonly path: string;
    readonly value: unknown;
    readonly depth: number;
  },
): string {
  if (typeof value === "function") return missing(module, path);
  if (typeof value !== "object") return JSON.stringify(value) ?? "undefined";
  if (value === null) return "null";
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === Object.prototype || prototype === null;
  if (depth === MAX_DEPTH || !(isPlain || Array.isArray(value))) return missing(module, path);
  const members = keysOf(value).map((key) => {
    const member = { path: `${path}.${key}`, value: read(value, key), depth: depth + 1 };
    return [JSON.stringify(key), valueText(module, member)] as const;
  });
  if (Array.isArray(value)) return `[${members.map(([, text]) => text).join(", ")}]`;
  return `{ ${members.map(([key, text]) => `[${key}]: ${text}`).join(", ")} }`;
}

function missing(module: string, path: string): string {
  return `missing(${JSON.stringify(module)}, ${JSON.stringify(path)})`;
}

function keysOf(value: object): string[] {
  try {
    return Object.keys(value);
  } catch {
    // It is made when it is looked at, and the process may not: the certificates of `node:tls`.
    return [];
  }
}

function read(holder: object, key: string): unknown {
  try {
    return Reflect.get(holder, key);
  } catch {
    // A getter that the locked-down process refuses: there is nothing to copy.
    return read;
  }
}

const MISSING = `const fill = (whole, missing) => {
  for (const [name, value] of Object.entries(missing)) {
    if (name in whole || !Object.isExtensible(whole)) continue;
    Object.defineProperty(whole, name, { value, writable: true, enumerable: true, configurable: true });
  }
};
const { airlockLacking } = globalThis;
const missing = (module, name) =>
  Object.defineProperty(function () { airlockLacking(module + " " + name); },
    "name", { value: name.slice(name.lastIndexOf(".") + 1), configurable: true });`;
