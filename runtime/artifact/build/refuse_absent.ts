import { join } from "node:path";
import type { Metafile } from "esbuild";
import { buildError } from "./build_error.ts";
import type { InputScope } from "./input_scope.ts";
import { ABSENT_NAMESPACE, ADDON_NAMESPACE } from "./package_guard.ts";
import { insideTry, parseModule, walkTree } from "./syntax_tree.ts";

/**
 * Refuses a package that would fail on every load: one whose static imports alone lead to a package
 * that is not there, or that needs a native addon with no `try` on the way to it.
 *
 * @throws {AirlockError} `artifact_failed` at stage `build`.
 */
export function refuseAbsent({ inputs, outputs }: Metafile, scope: InputScope): void {
  const hasAddon = Object.keys(inputs).some((input) => input.startsWith(`${ADDON_NAMESPACE}:`));
  const seen = new Set<string>();
  const entries = Object.values(outputs).map(({ entryPoint }) => entryPoint ?? "");
  const pending = entries.map((input) => ({ input, required: false }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { input, required } = next;
    const key = `${required}${input}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (input.startsWith(`${ABSENT_NAMESPACE}:`) && !required) {
      throw buildError("missing_package", input.slice(ABSENT_NAMESPACE.length + 1), {
        suggestion: "Declare it in the package's dependencies",
      });
    }
    if (input.startsWith(`${ADDON_NAMESPACE}:`)) {
      throw buildError("native_addon", input.slice(ADDON_NAMESPACE.length + 1), {
        suggestion: "Use a package written in JavaScript or WebAssembly",
      });
    }
    for (const { path, kind, original, external } of inputs[input]?.imports ?? []) {
      if (external === true) continue;
      if (kind === "import-statement") pending.push({ input: path, required });
      else if (kind === "require-call" && hasAddon && original !== undefined) {
        if (!guarded(join(scope.root, input), original)) {
          pending.push({ input: path, required: true });
        }
      }
    }
  }
}

/** Whether every `require` of the specifier in the file is inside a `try`. */
function guarded(file: string, specifier: string): boolean {
  try {
    for (const place of walkTree(parseModule(Deno.readTextFileSync(file)))) {
      const { node } = place;
      if (node.type !== "CallExpression" || node.arguments[0]?.type !== "Literal") continue;
      if (node.arguments[0].value === specifier && !insideTry(place)) return false;
    }
    return true;
  } catch {
    // Not a file, or not a module by the standard: nothing certain can be said, so nothing is.
    return true;
  }
}
