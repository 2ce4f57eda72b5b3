import { join } from "node:path";
import type { Peer } from "./peers.ts";
import { runCommand } from "./run_command.ts";

/** Building a native add-on from source takes minutes on a small machine. */
const INSTALL_TIMEOUT_MS = 480_000;

/**
 * Installs a peer into `directory`, from the registry that npm is configured with, with its program
 * beside it. @returns Name and version of its main package.
 * @throws {Error} in words for a row of the report.
 */
export async function installPeer(
  directory: string,
  { peer, nodeMajor }: { readonly peer: Peer; readonly nodeMajor: number | null },
): Promise<void> {
  const dependencies = peer.packages(nodeMajor);
  await Deno.mkdir(directory);
  await Deno.writeTextFile(
    join(directory, "package.json"),
    JSON.stringify({ private: true, type: "module", dependencies }),
  );
  for (const file of [peer.program, "peer_timing.mjs"]) {
    await Deno.copyFile(new URL(`programs/${file}`, import.meta.url), join(directory, file));
  }
  const options = { cwd: directory, timeoutMs: INSTALL_TIMEOUT_MS };
  if (peer.host === "deno") {
    const args = ["install", "--quiet", "--no-lock", "--node-modules-dir=auto"];
    await runCommand(Deno.execPath(), { ...options, args });
    return;
  }
  const quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
  // No script of a package that needs none.
  const scripts = peer.scripts.length === 0 ? ["--ignore-scripts"] : [];
  await runCommand("npm", { ...options, args: ["install", ...quiet, ...scripts] });
}

/** Major version of the Node on `PATH`; `null` where there is none. */
export async function installedNodeMajor(): Promise<number | null> {
  try {
    const text = await runCommand("node", { args: ["--version"], timeoutMs: 10_000 });
    return Number(/^v(\d+)\./.exec(text)?.[1]);
  } catch {
    return null; // Peers that need Node say so themselves.
  }
}
