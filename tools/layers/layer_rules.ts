import { isTest } from "../list_source_paths.ts";
import type { Violation } from "../violation.ts";
import type { ModuleImport } from "./module_graph.ts";

/** Folders of the checkout, and the folders each may import from beside itself. */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  spec: [],
  registry: ["spec", "vendor"],
  // Source of others, with as few changes as can be.
  vendor: [],
  // Of the registry only its database: see judgeAccounts.
  accounts: ["spec", "registry"],
  sandboxes: ["spec"],
  runtime: ["spec"],
  bridge: ["spec"],
  config: ["spec"],
  mcp: ["spec", "registry", "runtime"],
  // Of the bridge only its protocol: see judgeBridge.
  gateway: ["spec", "config", "registry", "accounts", "runtime", "mcp", "bridge"],
  dashboard: ["spec"],
  // The parts of the composition in main.ts.
  engine: [
    ...[
      "spec",
      "config",
      "registry",
      "accounts",
      "sandboxes",
      "runtime",
      "mcp",
      "gateway",
      "bridge",
      "cli",
    ],
  ],
  cli: [
    "spec",
    "config",
    "registry",
    "accounts",
    "sandboxes",
    "runtime",
    "mcp",
    "gateway",
    "bridge",
    "bench",
  ],
  main: [
    ...[
      "spec",
      "config",
      "registry",
      "accounts",
      "sandboxes",
      "runtime",
      "mcp",
      "gateway",
      "bridge",
      "cli",
    ],
    ...["dashboard", "bench", "engine"],
  ],
  bench: [
    ...[
      "spec",
      "config",
      "registry",
      "accounts",
      "sandboxes",
      "runtime",
      "mcp",
      "gateway",
      "bridge",
      "cli",
    ],
    ...["engine", "main", "tests"],
  ],
  tools: ["spec", "config"],
};

/** Folders of `sandboxes/` that every kind may use; all others are kinds. */
const SHARED_SANDBOX_PARTS: ReadonlySet<string> = new Set([
  ...["process", "protocol", "guest", "guest_host"],
]);

/** What is wrong with the direction of an import; `undefined` where nothing is. */
export function judgeImport(one: ModuleImport): Violation | undefined {
  if (isTest(one.from)) return undefined;
  const advice = judgeGuest(one) ?? judgeOutside(one) ?? judgeLayer(one) ?? judgeAccounts(one) ??
    judgeBridge(one) ?? judgeKinds(one);
  if (advice === undefined) return undefined;
  return { path: one.from, line: one.line, rule: "layers", advice };
}

/** Whether a file runs inside a sandbox: all of folders called `guest`, and files with that word. */
function isGuest(path: string): boolean {
  return /^sandboxes\/([^/]+\/)?guest\//.test(path) ||
    /^sandboxes\/.*\/([a-z0-9]+_)*guest(_[a-z0-9]+)*\.ts$/.test(path);
}

/** What host and guest have in common: frames, messages, windows. */
function isProtocol(path: string): boolean {
  return path.startsWith("sandboxes/protocol/");
}

function judgeGuest({ from, to }: ModuleImport): string | undefined {
  if (!isGuest(from) || isPackage(to)) return undefined;
  if (isGuest(to) || isProtocol(to) || to.startsWith("spec/")) return undefined;
  return `${to} is of the host, ${from} runs inside a sandbox: move what both need to ` +
    "sandboxes/protocol";
}

function judgeOutside({ from, to }: ModuleImport): string | undefined {
  if (isPackage(to)) {
    return layerOf(from) === "spec" ? `spec imports nothing, so not ${to}` : undefined;
  }
  if (isTest(to) && layerOf(from) !== "bench") return `${to} is for tests only`;
  return to.startsWith("../") ? `${to} is outside the checkout` : undefined;
}

function judgeLayer({ from, to }: ModuleImport): string | undefined {
  // Data is nobody's: main.ts reads its version from deno.json.
  if (isPackage(to) || to.endsWith(".json")) return undefined;
  const [lower, upper] = [layerOf(to), layerOf(from)];
  const allowed = LAYERS[upper];
  if (allowed === undefined) return `no layer for ${upper}: add it to tools/layers/layer_rules.ts`;
  if (lower === upper || allowed.includes(lower)) return undefined;
  return `${upper} must not import ${lower} (${to}): depend on an interface in spec/, and let ` +
    "main.ts pass it in";
}

function judgeAccounts({ from, to }: ModuleImport): string | undefined {
  if (layerOf(from) !== "accounts" || layerOf(to) !== "registry") return undefined;
  return to.startsWith("registry/database/")
    ? undefined
    : `accounts must not import ${to}: of the registry it knows the database only`;
}

function judgeBridge({ from, to }: ModuleImport): string | undefined {
  if (layerOf(from) !== "gateway" || layerOf(to) !== "bridge") return undefined;
  return to === "bridge/protocol.ts" || to.startsWith("bridge/protocol/")
    ? undefined
    : `gateway must not import ${to}: of the bridge it knows the protocol only`;
}

function judgeKinds({ from, to }: ModuleImport): string | undefined {
  const [one, other] = [sandboxPart(from), sandboxPart(to)];
  if (one === "protocol" && other !== one && to.startsWith("sandboxes/")) {
    return `${from} is for both ends of a sandbox: it must not depend on one of them`;
  }
  if (one === undefined || other === undefined || one === other) return undefined;
  if (SHARED_SANDBOX_PARTS.has(other)) return undefined;
  return `sandboxes/${one} must not import sandboxes/${other}: move what both need to ` +
    "sandboxes/process";
}

/** The folder of `sandboxes/` that a file is in; `undefined` for other files. */
function sandboxPart(path: string): string | undefined {
  return /^sandboxes\/([^/]+)\//.exec(path)?.[1];
}

function layerOf(path: string): string {
  return /^([^/]+)\//.exec(path)?.[1] ?? path.replace(/\.tsx?$/, "");
}

/** Files have paths, everything else has a scheme. */
function isPackage(target: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/.test(target);
}
