import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withEsbuild } from "../process/with_esbuild.ts";

/** The programs that sandbox processes run, each one self-contained file. */
export interface GuestPrograms {
  /** Serves calls. */
  readonly guestFile: string;
  /** Serves the probe: also knows how to describe tools, which takes more code. */
  readonly probeFile: string;
}

/**
 * Bundles the guest programs into `directory`. They are part of Airlock, built from its own sources
 * and its own pinned dependencies at each start (about 60 ms), so they can never be stale.
 */
export async function buildGuestPrograms(directory: string): Promise<GuestPrograms> {
  await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  await withEsbuild((build) =>
    build({
      entryPoints: ["guest.ts", "probe_guest.ts"].map((name) =>
        fileURLToPath(new URL(name, import.meta.url))
      ),
      outdir: directory,
      bundle: true,
      // Parts that few tools need, such as `node:http`, are only evaluated when they do.
      splitting: true,
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
  return {
    guestFile: join(directory, "guest.js"),
    probeFile: join(directory, "probe_guest.js"),
  };
}
