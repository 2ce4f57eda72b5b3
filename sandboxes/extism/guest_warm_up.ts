import { compilePlugin } from "./guest_plugin.ts";
import type { PluginCalls } from "./guest_plugin_calls.ts";
import { callableExports } from "./guest_plugin_tools.ts";

/** `(module (func (export "w")))` in binary form. */
const SMALLEST_PLUGIN = new Uint8Array([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 4, 1, 0x60, 0, 0],
  ...[3, 2, 1, 0],
  ...[7, 5, 1, 1, 0x77, 0, 0],
  ...[10, 4, 1, 2, 0, 0x0b],
]);

const PAGE_BYTES = 65_536;

/**
 * Compiles and runs a plug-in that does nothing, so that the first real one does not pay for what an
 * engine does only once. Meant for the time in which a blank sandbox waits for work.
 */
export async function warmUp(calls: PluginCalls): Promise<void> {
  const plugin = compilePlugin({
    formatVersion: 1,
    modules: [{ name: "main", file: "main" }],
    config: {},
    tools: {},
  }, { readFile: () => SMALLEST_PLUGIN, memoryBytes: 16 * PAGE_BYTES });
  for (const name of callableExports(plugin)) await calls.rehearse(plugin, name);
}
