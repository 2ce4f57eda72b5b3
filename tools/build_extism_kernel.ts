import { fileURLToPath } from "node:url";
import wabtInit from "wabt";

/** Where the kernel's text is, and where its bytes go. */
const SOURCE = new URL("../sandboxes/extism/kernel.wat", import.meta.url);
const TARGET = new URL("../sandboxes/extism/guest_kernel_bytes.ts", import.meta.url);

/**
 * The module that holds the bytes of the Extism kernel, made anew from its text.
 * @throws where the text is no valid WebAssembly.
 */
export async function kernelModuleText(): Promise<string> {
  const wabt = await wabtInit();
  const parsed = wabt.parseWat("kernel.wat", await Deno.readTextFile(SOURCE));
  parsed.validate();
  const { buffer } = parsed.toBinary({});
  parsed.destroy();
  const lines = btoa(String.fromCharCode(...buffer)).match(/.{1,92}/g) ?? [];
  return [
    "/** `kernel.wat`, compiled by `tools/build_extism_kernel.ts`; a test holds both together. */",
    "export const KERNEL_BASE64 = [",
    ...lines.map((line) => `  "${line}",`),
    '].join("");',
    "",
  ].join("\n");
}

if (import.meta.main) await Deno.writeTextFile(fileURLToPath(TARGET), await kernelModuleText());
