import { join } from "node:path";
import { PLUGIN_PLAN_FILE, type PluginPlan } from "../../../spec/plugin.ts";

/** Writes a plug-in of one module into `directory`, as an artifact's code directory has it. */
export async function writePlugin(
  directory: string,
  module: Uint8Array,
  change: Partial<PluginPlan> = {},
): Promise<void> {
  const plan: PluginPlan = {
    formatVersion: 1,
    modules: [{ name: "main", file: "main.wasm" }],
    config: {},
    tools: {},
    ...change,
  };
  await Deno.writeFile(join(directory, "main.wasm"), module);
  await Deno.writeTextFile(join(directory, PLUGIN_PLAN_FILE), JSON.stringify(plan));
}
