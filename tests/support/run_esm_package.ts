import assert from "node:assert/strict";
import { build, type Plugin, stop } from "esbuild";
import type { FetchedPackage } from "../../spec/artifact.ts";

/**
 * Bundles a fetched package with nothing but its maps, then answers what the function in `code` gives
 * for the loaded module, in a process without permissions.
 */
export async function runEsmPackage(fetched: FetchedPackage, code: string): Promise<unknown> {
  const { modules = new Map(), redirects = new Map() } = fetched;
  const plugin: Plugin = {
    name: "url-map",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /.*/ }, ({ path, importer, kind }) => {
        if (kind === "entry-point") return { path: fetched.entry, namespace: "url" };
        if (path.startsWith("node:")) return { path, external: true };
        const { href } = new URL(path, importer);
        return { path: redirects.get(href) ?? href, namespace: "url" };
      });
      onLoad({ filter: /.*/, namespace: "url" }, async ({ path }) => {
        const stored = modules.get(path);
        if (stored === undefined) return { errors: [{ text: `not in the map: ${path}` }] };
        const contents = await Deno.readFile(stored.file);
        const kind = stored.contentType.split("/")[1];
        const loaders = { json: "json", css: "text", wasm: "binary" } as const;
        return { contents, loader: loaders[kind as keyof typeof loaders] ?? "js" };
      });
    },
  };
  const bundled = await build({
    entryPoints: ["entry"],
    bundle: true,
    write: false,
    format: "esm",
    logLevel: "silent",
    plugins: [plugin],
  });
  await stop();
  const bundle = `data:text/javascript;base64,${
    new Uint8Array(bundled.outputFiles[0]!.contents).toBase64()
  }`;
  const main = `const tool = await import(${JSON.stringify(bundle)});
    console.log(JSON.stringify(await (${code})(tool)));`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-config", "--no-lock", "--no-npm", "--no-remote", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(main));
  await writer.close();
  const { stdout, stderr, success } = await child.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}
