import type { QuickJSOptions } from "quickjs-wasi";
import type { GuestSources } from "./guest_sources.ts";

/** Resolves and gives the built-in modules; there are no others. */
export function moduleLoader(
  { modules }: GuestSources,
): NonNullable<QuickJSOptions["moduleLoader"]> {
  return {
    normalize(base, specifier) {
      if (!specifier.startsWith("./")) return specifier;
      return `${base.slice(0, base.lastIndexOf("/") + 1)}${specifier.slice(2)}`;
    },
    load(name) {
      const text = Object.hasOwn(modules, name) ? modules[name] : undefined;
      if (text !== undefined) return text;
      // A string, not an Error: the engine would copy the stack of an Error into the instance.
      throw `${name} cannot be imported in a QuickJS sandbox; ask for runtime deno`;
    },
  };
}

/**
 * The text of a module that makes ready what `code` may want later: the `Buffer` global, and built-ins
 * that it imports only when it runs, when modules can no longer be loaded.
 */
export function preloadText(code: string, { modules }: GuestSources): string {
  const lines: string[] = [];
  if (/\bBuffer\b/.test(code)) {
    lines.push('import { Buffer } from "node:buffer"; globalThis.Buffer ??= Buffer;');
  }
  const named = code.matchAll(/\bimport\(\s*["'](node:[a-z_/0-9]+)["']\s*\)/g);
  for (const name of new Set([...named].map((match) => match[1]!))) {
    if (Object.hasOwn(modules, name)) lines.push(`import "${name}";`);
  }
  return lines.join("\n");
}
