import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

/**
 * Compiles a plug-in written in AssemblyScript with Extism's own plug-in development kit, which it
 * imports as `@extism/as-pdk`.
 * @throws with the compiler's words where the source is wrong.
 */
export async function compileAssemblyScript(source: string): Promise<Uint8Array<ArrayBuffer>> {
  const sources: Record<string, string> = { "plugin.ts": source };
  let binary: Uint8Array | null = null;
  const kit = new URL("../../../node_modules/@extism/as-pdk/", import.meta.url);
  const { error, stderr } = await asc.main(
    ["plugin.ts", "--outFile", "plugin.wasm", "--use", "abort=plugin/myAbort", "--runtime", "stub"],
    {
      readFile(name) {
        if (sources[name] !== undefined) return sources[name];
        const inKit = /@extism\/as-pdk\/(.*)$/.exec(name)?.[1];
        if (inKit === undefined) return null;
        try {
          return Deno.readTextFileSync(fileURLToPath(new URL(inKit, kit)));
        } catch {
          return null; // The compiler tries several names for a module.
        }
      },
      writeFile(_name, contents) {
        if (typeof contents !== "string") binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || binary === null) throw new Error(`${error}\n${stderr.toString()}`);
  return Uint8Array.from<number>(binary);
}
