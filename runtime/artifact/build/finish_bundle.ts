import type { Metafile } from "esbuild";
import type { CodeUse } from "../../../spec/artifact.ts";
import { buildError } from "./build_error.ts";
import { globalUse } from "./code_use.ts";
import { LOCATION, moduleFacts } from "./module_facts.ts";
import { withoutNaturalNames } from "./natural_names.ts";
import { parseModule } from "./syntax_tree.ts";

/** A bundle, and why it would not work alone, if so. */
export interface Bundle {
  readonly code: string;
  readonly uses: CodeUse;
  readonly warnings: readonly string[];
  /** Set where the code needs files beside itself. */
  readonly needsFiles: string | null;
}

/** Built-ins with which code could read the files that it expects beside itself. */
const FILE_READERS: ReadonlySet<string> = new Set([
  "fs",
  "fs/promises",
  "worker_threads",
  "child_process",
]);

/**
 * Reads a finished bundle: refuses whatever it still imports beyond `node:` built-ins, makes the
 * remaining dynamic imports opaque, and says what it uses and whether it can stand alone.
 *
 * @throws {AirlockError} `artifact_failed` at stage `build`.
 */
export function finishBundle(
  { text, metafile }: { readonly text: string; readonly metafile: Metafile },
  options: { readonly warnings: readonly string[] },
): Bundle {
  const root = parseModule(text);
  const facts = moduleFacts(root);
  const foreign = facts.imports.find((specifier) => !specifier.startsWith("node:"));
  if (foreign !== undefined) {
    throw buildError("forbidden_import", `it imports ${JSON.stringify(foreign)}`, {
      suggestion: "Depend on the package by name instead, so that it is fetched and locked",
      details: { specifier: foreign },
    });
  }
  const nodeBuiltins = usedBuiltins(facts.imports, metafile);
  const warnings = [...options.warnings];
  if (facts.opaqueImports.length > 0) {
    warnings.push("It imports modules by names made at run time: a sandbox refuses those");
  }
  const readsFiles = nodeBuiltins.some((name) => FILE_READERS.has(name));
  return {
    code: withLocation(makeOpaque(withoutNaturalNames(text, root), facts.opaqueImports)),
    uses: { nodeBuiltins, ...globalUse(root) },
    warnings,
    needsFiles: facts.needsFiles ??
      (facts.usesLocation && readsFiles ? "it reads files beside itself" : null),
  };
}

function usedBuiltins(imports: readonly string[], { outputs }: Metafile): string[] {
  const names = new Set(imports.map((specifier) => specifier.slice("node:".length)));
  for (
    const [input, { bytesInOutput }] of Object.entries(Object.values(outputs)[0]?.inputs ?? {})
  ) {
    if (bytesInOutput > 0 && /^node-(?:import|require):process$/.test(input)) names.add("process");
  }
  return [...names].sort();
}

/**
 * Deno looks ahead into `import("./a/" + x)` before any permission is asked for; a comma expression
 * it does not understand, so the import is then checked when it happens.
 */
function makeOpaque(text: string, ranges: readonly (readonly [number, number])[]): string {
  let result = text;
  for (const [start, end] of ranges.toSorted((a, b) => b[0] - a[0])) {
    result = `${result.slice(0, start)}(0, ${result.slice(start, end)})${result.slice(end)}`;
  }
  return result;
}

function withLocation(text: string): string {
  const { dirname, filename } = LOCATION;
  if (!text.includes(dirname) && !text.includes(filename)) return text;
  return `var ${dirname} = import.meta.dirname ?? "/", ` +
    `${filename} = import.meta.filename ?? "/bundle.mjs";\n${text}`;
}
