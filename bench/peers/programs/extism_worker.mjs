import { readFile } from "node:fs/promises";
import { imported, plan, report } from "./peer_timing.mjs";

const { default: createPlugin } = await imported("@extism/extism");

const { file, toolName, input } = plan.plugin;
const compiled = await WebAssembly.compile(await readFile(file));

await report(async () => {
  const plugin = await createPlugin(compiled, { useWasi: true, runInWorker: true });
  const call = async () => {
    const output = await plugin.call(toolName, input);
    if (output === null) throw new Error("call plug-in: it gave nothing");
  };
  await call();
  return { call, close: () => plugin.close() };
});
