import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withEsbuild } from "../process/with_esbuild.ts";

/**
 * Bundles the program that plug-in sandboxes run into `directory`, from Airlock's own sources.
 * @returns Absolute path of the file.
 */
export async function buildExtismGuest(directory: string): Promise<string> {
  await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  const outfile = join(directory, "extism_guest.js");
  await withEsbuild((build) =>
    build({
      entryPoints: [fileURLToPath(new URL("guest.ts", import.meta.url))],
      outfile,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "esnext",
      external: ["node:*"],
      minifySyntax: true,
      minifyWhitespace: true,
      legalComments: "none",
      logLevel: "silent",
    })
  );
  return outfile;
}
