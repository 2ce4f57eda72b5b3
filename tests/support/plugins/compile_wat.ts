import wabtInit from "wabt";

/** Features beyond wabt's defaults that hostile modules in tests use. */
const FEATURES = { memory64: true, multi_memory: true, threads: true, reference_types: true };

/**
 * The binary form of a module in WebAssembly's text format.
 * @throws where the text is no valid module.
 */
export async function compileWat(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const wabt = await wabtInit();
  const parsed = wabt.parseWat("module.wat", text, FEATURES);
  try {
    return Uint8Array.from(parsed.toBinary({}).buffer);
  } finally {
    parsed.destroy();
  }
}
