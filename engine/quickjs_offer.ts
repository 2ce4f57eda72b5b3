import type { RuntimeOffer } from "../runtime/selection/selection_context.ts";
import type { IsolationLevel } from "../spec/sandbox.ts";

const MIB = 1024 * 1024;

/** What QuickJS sandboxes can run and hold to, at the isolation in force. */
export function quickjsOffer(isolation: IsolationLevel): RuntimeOffer {
  return {
    kind: "quickjs",
    isolation,
    sources: ["npm", "esm", "inline"],
    runsTrees: false,
    grants: { netDirect: false, fsTmp: false },
    // The prelude alone takes 4 MiB; the engine's addresses have 32 bits, half of them safe to use.
    memoryBytes: { least: 8 * MIB, most: 2048 * MIB },
    features: ["pristine", "intl"],
    coldMs: 90,
  };
}
