import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import deno from "../deno.json" with { type: "json" };

const ROOT = new URL("../", import.meta.url);

interface Dependency {
  readonly code?: { readonly specifier?: string };
  readonly isDynamic?: boolean;
}

interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly Dependency[];
  }[];
}

/** Files that are read before the one at `path` begins, itself included. */
function filesBefore({ modules }: Graph, path: string): string[] {
  const all = new Map(modules.map(({ specifier, dependencies }) => [specifier, dependencies]));
  const found = new Set([new URL(path, ROOT).href]);
  // A set is iterated in order of insertion, also of what is inserted meanwhile.
  for (const specifier of found) {
    for (const { code, isDynamic } of all.get(specifier) ?? []) {
      if (code?.specifier?.startsWith(ROOT.href) && !isDynamic) found.add(code.specifier);
    }
  }
  assert(all.has(new URL(path, ROOT).href), `${path} is not of the program`);
  return [...found].map((specifier) => specifier.slice(ROOT.href.length));
}

Deno.test("commands load what they need, and nothing of each other", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--frozen", "--json", "main.ts"],
    cwd: fileURLToPath(ROOT),
  }).output();
  const graph: Graph = JSON.parse(new TextDecoder().decode(stdout));
  // A little above what there is: where one is passed, see docs/decisions/0029.
  const most = {
    ...{ "main.ts": 40, "cli/serve_command.ts": 40, "cli/mcp_command.ts": 45 },
    ...{ "cli/bridge_command.ts": 10, "cli/bridge/bridge_start.ts": 65 },
  };
  for (const [path, limit] of Object.entries(most)) {
    const files = filesBefore(graph, path);
    assert(files.length <= limit, `${path} loads ${files.length} files:\n${files.join("\n")}`);
  }
  assert(!filesBefore(graph, "main.ts").some((path) => path.endsWith("_command.ts")));
  // Without it Deno reads all of the program, a thousand files, before it begins.
  assert(deno.unstable.includes("lazy-dynamic-imports"));
});
