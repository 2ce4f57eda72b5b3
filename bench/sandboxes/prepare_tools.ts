import { join } from "node:path";
import { PLUGIN_PLAN_FILE } from "../../spec/plugin.ts";
import { compileAssemblyScript } from "../../tests/support/plugins/compile_assembly_script.ts";
import { COUNT_VOWELS } from "../../tests/support/plugins/count_vowels.ts";
import { writePlugin } from "../../tests/support/plugins/write_plugin.ts";
import { COMPARED_PARAMS, COMPARED_TOOL, COMPARED_TOOL_NAME } from "./compared_tool.ts";
import type { MeasuredTool } from "./sandbox_call.ts";

/** Writes the compared tool as a gateway would have prepared it. */
export async function prepareModule(directory: string): Promise<MeasuredTool> {
  const codeDirectory = join(directory, "module");
  await Deno.mkdir(codeDirectory);
  await Deno.writeTextFile(join(codeDirectory, "bundle.mjs"), COMPARED_TOOL);
  return {
    ...{ codeDirectory, entry: "bundle.mjs" },
    ...{ toolName: COMPARED_TOOL_NAME, params: COMPARED_PARAMS },
  };
}

/** Writes a plug-in that counts vowels. @returns It, and its WebAssembly module. */
export async function preparePlugin(
  directory: string,
): Promise<MeasuredTool & { readonly module: Uint8Array<ArrayBuffer> }> {
  const codeDirectory = join(directory, "plugin");
  await Deno.mkdir(codeDirectory);
  const module = await compileAssemblyScript(COUNT_VOWELS);
  await writePlugin(codeDirectory, module);
  return {
    ...{ codeDirectory, entry: PLUGIN_PLAN_FILE, module },
    ...{ toolName: "count_vowels", params: "How many vowels are there in this line?" },
  };
}
