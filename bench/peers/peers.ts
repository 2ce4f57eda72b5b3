/** Another way to run a tool apart from its caller, measured where it installs. */
export interface Peer {
  readonly name: string;
  /** What runs its program: native add-ons and their kin are made for Node. */
  readonly host: "deno" | "node";
  /** Exact versions by package, for this major version of Node; `null` where there is no Node. */
  readonly packages: (nodeMajor: number | null) => Readonly<Record<string, string>>;
  /** Packages whose install scripts must run. */
  readonly scripts: readonly string[];
  /** File in `programs/`. */
  readonly program: string;
  readonly args: readonly string[];
  /** What a call has to itself. */
  readonly note: string;
}

/** First version of Node that isolated-vm 7 is built for. */
const NODE_OF_ISOLATED_VM_7 = 24;

/** All that are measured, in the order of the report. */
export const PEERS: readonly Peer[] = [
  {
    name: "quickjs-emscripten",
    host: "deno",
    packages: () => ({ "quickjs-emscripten": "0.32.0" }),
    scripts: [],
    program: "quickjs_emscripten.mjs",
    args: [],
    note: "a new context for every call, one memory for all; no web API",
  },
  {
    name: "@sebastianwessel/quickjs",
    host: "deno",
    packages: () => ({
      "@jitl/quickjs-ng-wasmfile-release-sync": "0.32.0",
      "@sebastianwessel/quickjs": "3.1.0",
    }),
    scripts: [],
    program: "sebastianwessel_quickjs.mjs",
    args: [],
    note: "a new context for every call",
  },
  {
    name: "workerd, by miniflare",
    host: "node",
    packages: () => ({ miniflare: "4.20260730.0" }),
    scripts: ["workerd"],
    program: "miniflare.mjs",
    args: [],
    note: "state kept; a process of its own",
  },
  {
    name: "isolated-vm",
    host: "node",
    packages: (nodeMajor) => ({
      "isolated-vm": (nodeMajor ?? 0) >= NODE_OF_ISOLATED_VM_7 ? "7.0.1" : "5.0.4",
    }),
    scripts: ["isolated-vm"],
    program: "isolated_vm.mjs",
    // Node's own start-up snapshot and the add-on do not go together.
    args: ["--no-node-snapshot"],
    note: "state kept; in the caller's process",
  },
  {
    name: "Extism SDK, its worker",
    host: "node",
    packages: () => ({ "@extism/extism": "1.0.3" }),
    scripts: [],
    program: "extism_worker.mjs",
    args: [],
    note: "state kept; a plug-in in a thread",
  },
];
