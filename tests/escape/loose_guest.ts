import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin, stop } from "esbuild";

/** Statement of the guest program → what stands there instead. */
export type GuestEdits = Readonly<Record<string, string>>;

/** Takes down every wall that the guest program builds itself. */
export const NO_WALLS: GuestEdits = {
  "lockDown();": "",
  "installFetch(egress);": "",
  "environment.install();": "",
  "if (nodeHttp) await installNodeHttp(egress);": "",
  "if (nodeFs) await installNodeFs();": "",
  "if (nodeOs !== null) await installNodeOs(nodeOs);": "",
};

/** Builds the guest program with its main loop edited. @returns Its path. */
export async function buildLooseGuest(directory: string, edits: GuestEdits): Promise<string> {
  const loosen: Plugin = {
    name: "loosen",
    setup({ onLoad }) {
      onLoad({ filter: /guest_loop\.ts$/ }, async ({ path }) => {
        let contents = await Deno.readTextFile(path);
        for (const [from, to] of Object.entries(edits)) {
          if (!contents.includes(from)) throw new Error(`${path}: it no longer says ${from}`);
          contents = contents.replace(from, to);
        }
        return { contents, loader: "ts" };
      });
    },
  };
  await Deno.mkdir(directory, { recursive: true });
  await build({
    entryPoints: [fileURLToPath(new URL("../../sandboxes/deno/guest.ts", import.meta.url))],
    outdir: directory,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "esnext",
    external: ["node:*", "file:*"],
    logLevel: "silent",
    plugins: [loosen],
  });
  await stop();
  return join(directory, "guest.js");
}
