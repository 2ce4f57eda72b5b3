import type { RuntimeOffer } from "../runtime/selection/selection_context.ts";
import type { IsolationLevel } from "../spec/sandbox.ts";

const MIB = 1024 * 1024;

/** What sandboxes for WebAssembly plug-ins can run and hold to, at the isolation in force. */
export function extismOffer(isolation: IsolationLevel): RuntimeOffer {
  return {
    kind: "extism",
    isolation,
    sources: ["npm", "wasm", "inline"],
    runsTrees: false,
    grants: { netDirect: false, fsTmp: false },
    memoryBytes: { least: 2 * MIB, most: 4096 * MIB },
    features: ["pristine", "webassembly"],
    coldMs: 60,
  };
}
