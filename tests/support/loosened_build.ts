import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import type { DenoRuntime } from "../../sandboxes/deno/deno_runtime.ts";
import type { SandboxRuntime } from "../../spec/sandbox.ts";
import type { RuntimeParts } from "./hostile_sandbox.ts";

/** One place in the sources where a defence is taken out. */
export interface Loosening {
  /** Path from the root of the checkout. */
  readonly file: string;
  /** Must occur exactly once, so that a change of the source cannot make this one do nothing. */
  readonly from: string;
  readonly to: string;
}

/** What is taken out on either side of the frame channel. */
export interface Loosenings {
  readonly guest?: readonly Loosening[];
  readonly host?: readonly Loosening[];
  readonly command?: ConstructorParameters<typeof DenoRuntime>[0]["command"];
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The real runtime and the real guest, but for what `loosenings` takes out. */
export function loosened(
  { guest = [], host = [], command }: Loosenings,
): (parts: RuntimeParts) => Promise<SandboxRuntime> {
  return async ({ guestDirectory, ...parts }) => {
    await bundle("sandboxes/deno/guest.ts", guestDirectory, guest);
    const hostDirectory = `${guestDirectory}-host`;
    await bundle("sandboxes/deno/deno_runtime.ts", hostDirectory, host);
    const url = pathToFileURL(join(hostDirectory, "deno_runtime.js")).href;
    const module: { DenoRuntime: typeof DenoRuntime } = await import(url);
    return new module.DenoRuntime({
      ...parts,
      guestFile: join(guestDirectory, "guest.js"),
      command,
    });
  };
}

/** Bundles the module `entry` into `outdir`, but for what `loosenings` takes out of it. */
export async function bundle(
  entry: string,
  outdir: string,
  loosenings: readonly Loosening[],
): Promise<void> {
  const done = new Set<Loosening>();
  const plugin: Plugin = {
    name: "loosen",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        let contents = await Deno.readTextFile(path);
        for (const loosening of loosenings) {
          if (path !== join(ROOT, loosening.file)) continue;
          const { from, to } = loosening;
          assert.equal(contents.split(from).length, 2, `${loosening.file} has not one: ${from}`);
          contents = contents.replace(from, () => to);
          done.add(loosening);
        }
        return { contents, loader: "ts" };
      });
    },
  };
  await build({
    entryPoints: [join(ROOT, entry)],
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "esnext",
    external: ["node:*"],
    logLevel: "silent",
    plugins: [plugin],
  });
  const idle = loosenings.filter((loosening) => !done.has(loosening)).map(({ file }) => file);
  assert.deepEqual(idle, [], "not a part of the program");
}
