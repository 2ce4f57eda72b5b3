import assert from "node:assert/strict";
import createPlugin from "@extism/extism";
import { compileAssemblyScript } from "./support/plugins/compile_assembly_script.ts";
import { pluginOf, runText } from "./support/plugins/run_plugin.ts";
import { samplePlugin } from "./support/plugins/wat_plugins.ts";

/** Reads in eights and in ones, allocates much, frees, uses variables, and reports odd lengths. */
const BUSY = `
  import { Config, Host, Var } from "@extism/as-pdk/lib/pdk";
  export function myAbort(m: string | null, f: string | null, l: u32, c: u32): void {}
  export function busy(): i32 {
    const input = Host.inputString();
    let sum = input.length;
    for (let i = 0; i < 300; i++) {
      const name = "v" + (i % 17).toString();
      Var.set(name, Uint8Array.wrap(String.UTF8.encode("x".repeat(i * 7 % 501) + name)));
      const back = Var.get("v" + (i * 5 % 17).toString());
      if (back !== null) sum = (sum * 31 + back!.length) % 1000003;
      if (i % 11 === 0) Var.remove(name);
    }
    const thing = Config.get("thing");
    Host.outputString(input + "|" + sum.toString() + "|" + (thing === null ? "none" : thing!));
    return 0;
  }`;

/** What a run gave: its text, or that it failed. */
async function outcome(run: () => Promise<string>): Promise<string> {
  try {
    return await run();
  } catch (error) {
    assert.ok(error instanceof Error);
    return "failed";
  }
}

Deno.test("plug-ins give in Airlock what they give in Extism's own SDK", async () => {
  const plugins = { sample: await samplePlugin(), busy: await compileAssemblyScript(BUSY) };
  const runs: readonly (readonly [keyof typeof plugins, string, string])[] = [
    ["sample", "echo", "text äöü \u0000 end"],
    // Not the empty input: the SDK makes a byte of it, which is no more right than none.
    ["sample", "echo", "x".repeat(100_000)],
    ["sample", "setting", ""],
    ["sample", "count", ""],
    ["sample", "fail", ""],
    ["sample", "trap", ""],
    ["sample", "adds_nothing", ""],
    ["busy", "busy", "seven b"],
    ["busy", "busy", "z".repeat(4_099)],
  ];
  const config = { thing: "configured" };
  for (const [name, exportName, input] of runs) {
    const own = pluginOf({ main: plugins[name] }, { config });
    const ours = await outcome(async () => (await runText(own, exportName, { input })).text);
    const theirs = await outcome(async () => {
      const wasm = await WebAssembly.compile(plugins[name]);
      const plugin = await createPlugin(wasm, { useWasi: true, config });
      try {
        return (await plugin.call(exportName, input))?.text() ?? "";
      } finally {
        await plugin.close();
      }
    });
    assert.equal(ours, theirs, `${name}.${exportName}(${input.length} characters)`);
  }
});
