import { createRequire } from "node:module";
import { init, parse } from "cjs-module-lexer";
import type { InputScope } from "./input_scope.ts";

const MAX_FILES = 64;

/**
 * Names that a CommonJS module exports, as far as reading tells, `__esModule` among them. A name
 * that turns out not to exist is `undefined` at run time; one that reading cannot see is still
 * reachable through the default export.
 */
export async function cjsExports(entry: string, scope: InputScope): Promise<string[]> {
  await init();
  const names = new Set<string>();
  const seen = new Set<string>();
  const pending = [entry];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (seen.has(file) || seen.size >= MAX_FILES) continue;
    seen.add(file);
    const found = lex(file);
    for (const name of found.exports) names.add(name);
    for (const specifier of found.reexports) {
      const target = resolve(specifier, file);
      if (target !== undefined && scope.contains(target)) pending.push(target);
    }
  }
  return [...names].filter((name) => name.isWellFormed()).sort();
}

function lex(file: string): { exports: string[]; reexports: string[] } {
  if (!/\.c?js$/.test(file)) return { exports: [], reexports: [] };
  try {
    return parse(Deno.readTextFileSync(file), file);
  } catch {
    // What the lexer cannot read adds no names; the bundler has already accepted the file.
    return { exports: [], reexports: [] };
  }
}

function resolve(specifier: string, from: string): string | undefined {
  try {
    return Deno.realPathSync(createRequire(from).resolve(specifier));
  } catch {
    // A re-export that leads nowhere adds no names.
    return undefined;
  }
}
