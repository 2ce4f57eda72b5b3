import { findCycles } from "./layers/find_cycles.ts";
import { judgeImport } from "./layers/layer_rules.ts";
import { readModuleGraph } from "./layers/module_graph.ts";
import { isCode, listSourcePaths } from "./list_source_paths.ts";
import { reportViolations, type Violation } from "./violation.ts";

/** Checks the direction of all imports below `root`, and that none goes round in a circle. */
export async function checkLayers(root: string): Promise<Violation[]> {
  const paths = (await listSourcePaths(root)).filter(isCode);
  const imports = await readModuleGraph(root, paths);
  const violations = imports.map(judgeImport).filter((found) => found !== undefined);
  for (const cycle of findCycles(imports)) {
    const [first] = cycle;
    if (first === undefined) continue;
    const way = [first.from, ...cycle.map(({ to }) => to)].join(" → ");
    const advice = `cycle ${way}: move what both sides need to a third file`;
    violations.push({ path: first.from, line: first.line, rule: "cycles", advice });
  }
  return violations;
}

if (import.meta.main) {
  const violations = await checkLayers(Deno.cwd());
  // deno-lint-ignore no-console -- a check speaks to the terminal
  const print = (line: string) => console.log(line);
  Deno.exit(reportViolations(violations, { print, checked: "layers" }));
}
