import type { EgressPort } from "../../../spec/egress.ts";
import type { PluginPlan } from "../../../spec/plugin.ts";
import { compileKernel } from "../../../sandboxes/extism/guest_kernel.ts";
import { compilePlugin, type Plugin } from "../../../sandboxes/extism/guest_plugin.ts";
import { runExport } from "../../../sandboxes/extism/guest_run_export.ts";

const MIB = 1024 * 1024;

/** A network that answers nothing. */
export const NO_NETWORK: EgressPort = {
  request: () => Promise.reject(new Error("no network in this test")),
};

/** Compiles modules, given by name, as one plug-in. */
export function pluginOf(
  modules: Readonly<Record<string, Uint8Array<ArrayBuffer>>>,
  more: Partial<PluginPlan> & { readonly callBytes?: number } = {},
): Plugin {
  const { callBytes = 64 * MIB, ...plan } = more;
  const names = Object.keys(modules);
  return compilePlugin({
    formatVersion: 1,
    modules: names.map((name) => ({ name, file: name })),
    config: {},
    tools: {},
    ...plan,
  }, { readFile: (name) => modules[name]!, memoryBytes: callBytes });
}

/** Options of {@linkcode runText}. */
export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly egress?: EgressPort;
  readonly outputBytes?: number;
}

/** Runs one export in this process, and returns its output as text with its log. */
export async function runText(
  plugin: Plugin,
  exportName: string,
  options: RunOptions = {},
): Promise<{ text: string; log: string[] }> {
  const log: string[] = [];
  const output = await runExport(plugin, {
    kernelModule: compileKernel(),
    exportName,
    input: new TextEncoder().encode(options.input ?? ""),
    scope: {
      env: options.env ?? {},
      egress: options.egress ?? NO_NETWORK,
      signal: new AbortController().signal,
      outputBytes: options.outputBytes ?? MIB,
      log: (level, line) => log.push(`${level}: ${line}`),
    },
  });
  return { text: new TextDecoder().decode(output), log };
}
