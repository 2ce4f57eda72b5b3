import type { InstalledPackage } from "./esm_origin_packages.ts";
import { IMMUTABLE, JAVASCRIPT, javascript, text } from "./esm_origin_responses.ts";

/** Content types of files served as they are, by extension. */
export const RAW_TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  json: "application/json; charset=utf-8",
  map: "application/json; charset=utf-8",
  md: "text/markdown; charset=utf-8",
  svg: "image/svg+xml; charset=utf-8",
  txt: "text/plain; charset=utf-8",
  wasm: "application/wasm",
};
/** A file of a package as it is; JSON as a module where `?module` asks for it. */
export async function rawFile(
  installed: InstalledPackage,
  options: { readonly subpath: string; readonly url: URL; readonly extension: string },
): Promise<Response> {
  const { subpath, url, extension } = options;
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await Deno.readFile(`${installed.directory}/${subpath}`);
  } catch {
    // Whatever cannot be read is, to a client of the origin, not there.
    return text("File Not Found", 404, IMMUTABLE);
  }
  if (extension === "json" && url.searchParams.has("module")) {
    return javascript(`export default ${new TextDecoder().decode(bytes)}`, IMMUTABLE);
  }
  return new Response(bytes, {
    headers: {
      "content-type": RAW_TYPES[extension] ?? JAVASCRIPT,
      "cache-control": IMMUTABLE,
      "access-control-allow-origin": "*",
    },
  });
}

/**
 * The path of a file below `directory` with the base name of `subpath`. Assets keep their name, not their place, when a package is bundled: found again by name.
 */
export async function findBySuffix(
  directory: string,
  subpath: string,
): Promise<string | undefined> {
  const base = subpath.split("/").at(-1)!;
  const pending = [""];
  while (pending.length > 0) {
    const folder = pending.shift()!;
    for await (const entry of Deno.readDir(`${directory}/${folder}`)) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory && entry.name !== "node_modules") pending.push(path);
      else if (entry.name === base) return path;
    }
  }
  return undefined;
}
