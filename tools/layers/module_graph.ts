import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { z } from "zod";

/** One import of one file by another, types included. */
export interface ModuleImport {
  /** Relative to the root, with `/`. */
  readonly from: string;
  /** The same for a file below the root, else the resolved specifier (`npm:…`, `node:…`). */
  readonly to: string;
  /** From 1. */
  readonly line: number;
}

const RESOLVED = z.object({
  specifier: z.string().optional(),
  error: z.string().optional(),
  span: z.object({ start: z.object({ line: z.number() }) }).optional(),
});
const INFO = z.object({
  modules: z.array(z.object({
    specifier: z.string(),
    dependencies: z.array(z.object({
      specifier: z.string(),
      code: RESOLVED.optional(),
      type: RESOLVED.optional(),
    })).optional(),
  })),
});

/**
 * Every import between the files at `paths`, from `deno info --json`: static, type-only and
 * dynamic ones with a literal specifier.
 */
export async function readModuleGraph(
  root: string,
  paths: readonly string[],
): Promise<ModuleImport[]> {
  const temporary = await Deno.makeTempDir({ prefix: "airlock_layers_" });
  try {
    // The command takes one module; this one names them all.
    const roots = paths.map((path) => `import ${JSON.stringify(urlOf(root, path))};\n`);
    await Deno.writeTextFile(join(temporary, "roots.ts"), roots.join(""));
    const info = INFO.parse(JSON.parse(await runInfo(root, join(temporary, "roots.ts"))));
    const inside = pathToFileURL(`${root}/`).href;
    return info.modules
      .filter(({ specifier }) => specifier.startsWith(inside))
      .flatMap(({ specifier, dependencies = [] }) =>
        dependencies.map((dependency) => ({
          from: pathOf(root, specifier),
          to: pathOf(root, targetOf(dependency)),
          line: lineOf(dependency),
        }))
      );
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
}

type Dependency = NonNullable<z.infer<typeof INFO>["modules"][number]["dependencies"]>[number];

function targetOf({ specifier, code, type }: Dependency): string {
  return code?.specifier ?? type?.specifier ?? specifier;
}

function lineOf({ code, type }: Dependency): number {
  return ((code ?? type)?.span?.start.line ?? 0) + 1;
}

function urlOf(root: string, path: string): string {
  return pathToFileURL(join(root, path)).href;
}

function pathOf(root: string, specifier: string): string {
  if (!specifier.startsWith("file:")) return specifier;
  return relative(root, fileURLToPath(specifier)).replaceAll("\\", "/");
}

async function runInfo(root: string, module: string): Promise<string> {
  const config = join(root, "deno.json");
  const args = await exists(config) ? ["--config", config] : ["--no-config"];
  const command = new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", ...args, module],
    cwd: root,
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await command.output();
  if (!success) throw new Error(`deno info: ${new TextDecoder().decode(stderr).trim()}`);
  return new TextDecoder().decode(stdout);
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
