/**
 * The text of an ES module that stands for a wasm module. As with the ESM integration its exports
 * are the instance's; its default export is the `WebAssembly.Module`, as esm.sh and bundlers give
 * it. A module that wants imports offers only the default: whoever imports it instantiates it.
 */
export function wasmModule(bytes: Uint8Array<ArrayBuffer>): string {
  const module = new WebAssembly.Module(bytes);
  const lines = [
    `const module = new WebAssembly.Module(Uint8Array.fromBase64(${
      JSON.stringify(bytes.toBase64())
    }));`,
    "export default module;",
  ];
  if (WebAssembly.Module.imports(module).length > 0) return lines.join("\n");
  const names = WebAssembly.Module.exports(module).map(({ name }) => name)
    .filter((name) => name !== "default" && name.isWellFormed());
  if (names.length === 0) return lines.join("\n");
  lines.push("const { exports } = /* @__PURE__ */ new WebAssembly.Instance(module);");
  for (const [index, name] of names.entries()) {
    const quoted = JSON.stringify(name);
    lines.push(`const _${index} = exports[${quoted}]; export { _${index} as ${quoted} };`);
  }
  return lines.join("\n");
}
