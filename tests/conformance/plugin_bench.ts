import { PLUGIN_PLAN_FILE, type PluginPlan } from "../../spec/plugin.ts";
import type { LoadUnit, Sandbox } from "../../spec/sandbox.ts";
import type { Limits } from "../../spec/limits.ts";
import { samplePlugin } from "../support/plugins/wat_plugins.ts";
import { writePlugin } from "../support/plugins/write_plugin.ts";
import type { ConformanceBench } from "./conformance_bench.ts";

/** What a rule changes about the plug-in that it loads. */
export interface PluginChange {
  readonly module?: Uint8Array;
  readonly plan?: Partial<PluginPlan>;
  readonly unit?: Partial<LoadUnit>;
  readonly limits?: Partial<Limits>;
}

/** Writes a plug-in, the sample one unless changed, and says how to load it. */
export async function pluginUnit(
  bench: ConformanceBench,
  change: PluginChange = {},
): Promise<LoadUnit> {
  const unit = await bench.unit("");
  await writePlugin(unit.codeDirectory, change.module ?? await samplePlugin(), change.plan);
  return { ...unit, entry: PLUGIN_PLAN_FILE, ...change.unit };
}

/** A sandbox with a plug-in loaded. */
export async function loadPlugin(
  bench: ConformanceBench,
  change: PluginChange = {},
): Promise<Sandbox> {
  const sandbox = await bench.create({ limits: change.limits });
  await sandbox.load(await pluginUnit(bench, change));
  return sandbox;
}
