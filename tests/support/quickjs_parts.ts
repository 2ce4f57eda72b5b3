import { join } from "node:path";
import { EXTENSIONS } from "../../sandboxes/quickjs/engine_files.ts";
import type { EngineModules } from "../../sandboxes/quickjs/guest_engine.ts";
import type { GuestSources } from "../../sandboxes/quickjs/guest_sources.ts";
import { buildQuickjsProgram } from "../../sandboxes/quickjs/quickjs_program.ts";

/** What a QuickJS guest is made of, built into `directory` and loaded in this process. */
export async function openQuickjsParts(
  directory: string,
): Promise<{ readonly modules: EngineModules; readonly sources: GuestSources }> {
  await buildQuickjsProgram(directory);
  const compile = async (name: string) =>
    await WebAssembly.compile(await Deno.readFile(join(directory, `${name}.wasm`)));
  const modules: EngineModules = {
    engine: await compile("engine"),
    extensions: await Promise.all(
      EXTENSIONS.map(async (name) => ({ name, wasm: await compile(name) })),
    ),
  };
  const sources = JSON.parse(await Deno.readTextFile(join(directory, "sources.json")));
  return { modules, sources };
}
