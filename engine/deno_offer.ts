import type { RuntimeOffer } from "../runtime/selection/selection_context.ts";
import type { IsolationLevel } from "../spec/sandbox.ts";

const MIB = 1024 * 1024;

/** What Deno sandboxes can run and hold to, at the isolation in force. */
export function denoOffer(isolation: IsolationLevel): RuntimeOffer {
  return {
    kind: "deno",
    isolation,
    sources: ["npm", "esm", "inline"],
    runsTrees: true,
    // Only a file system of its own keeps a private directory within its bound.
    grants: { netDirect: true, fsTmp: isolation === "bubblewrap" },
    memoryBytes: { least: 16 * MIB, most: 4096 * MIB },
    features: ["jit", "intl", "webassembly"],
    coldMs: 60,
  };
}
