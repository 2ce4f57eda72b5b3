// Long, since every rule of the choice has its case here.
import assert from "node:assert/strict";
import type { Artifact, ArtifactManifest } from "../../spec/artifact.ts";
import { AirlockError } from "../../spec/errors.ts";
import { DEFAULT_LIMITS } from "../../spec/limits.ts";
import { NO_PERMISSIONS } from "../../spec/permissions.ts";
import type { RuntimeKind } from "../../spec/sandbox.ts";
import type { RuntimeProof } from "../../spec/runtime_explanation.ts";
import { createSelectRuntime } from "./select_runtime.ts";
import type { EvidenceOf, RuntimeOffer, SelectionChoice } from "./selection_context.ts";

const MIB = 1024 * 1024;

const DENO: RuntimeOffer = {
  kind: "deno",
  isolation: "bubblewrap",
  sources: ["npm", "esm", "inline"],
  runsTrees: true,
  grants: { netDirect: true, fsTmp: true },
  memoryBytes: { least: 16 * MIB, most: 4096 * MIB },
  features: ["jit", "intl", "webassembly"],
  coldMs: 60,
};
const QUICKJS: RuntimeOffer = {
  ...DENO,
  kind: "quickjs",
  isolation: "rlimits",
  runsTrees: false,
  grants: { netDirect: false, fsTmp: false },
  memoryBytes: { least: 1 * MIB, most: 256 * MIB },
  features: ["pristine"],
  coldMs: 20,
};
const EXTISM: RuntimeOffer = { ...QUICKJS, kind: "extism", sources: ["wasm"] };

function artifact(change: Partial<ArtifactManifest> = {}): Artifact {
  const manifest: ArtifactManifest = {
    formatVersion: 1,
    resolved: { source: "npm", packageName: "p", version: "1.0.0" },
    form: "bundle",
    entry: "main.js",
    description: "",
    category: null,
    tools: [],
    otherExports: [],
    env: [],
    needs: {},
    uses: { nodeBuiltins: [], globals: [], env: [] },
    runtimes: [{ runtime: "deno", ok: true }, { runtime: "quickjs", ok: true }],
    warnings: [],
    ...change,
  };
  const lock = { packages: {}, modules: {} };
  return { digest: "d", codeDirectory: "/a", manifest, lock, sizeBytes: 1 };
}

function choice(change: Partial<SelectionChoice> = {}): SelectionChoice {
  return {
    artifact: artifact(),
    tool: "echo",
    wanted: undefined,
    wish: {},
    permissions: NO_PERMISSIONS,
    limits: DEFAULT_LIMITS,
    ...change,
  };
}

const select = createSelectRuntime({
  runtimes: [QUICKJS, DENO, EXTISM],
  minIsolation: "permissions",
});

interface Row {
  readonly name: string;
  readonly choice: SelectionChoice;
  readonly runtime: RuntimeKind;
  /** `runtime by` of each refusal. */
  readonly refused: readonly string[];
}

const TABLE: readonly Row[] = [
  {
    name: "the first that is able",
    choice: choice(),
    runtime: "quickjs",
    refused: ["extism source"],
  },
  {
    name: "the caller's choice",
    choice: choice({ wanted: "deno" }),
    runtime: "deno",
    refused: ["quickjs caller", "extism caller"],
  },
  {
    name: "the runtimes of the caller's key",
    choice: choice({ allowed: ["deno", "extism"] }),
    runtime: "deno",
    refused: ["quickjs key", "extism source"],
  },
  {
    name: "wasm goes to extism",
    choice: choice({
      artifact: artifact({
        resolved: { source: "wasm", packageName: "p", version: "1.0.0" },
        runtimes: [{ runtime: "extism", ok: true }],
      }),
    }),
    runtime: "extism",
    refused: ["quickjs source", "deno source"],
  },
  {
    name: "a tree needs a file system",
    choice: choice({ artifact: artifact({ form: "tree" }) }),
    runtime: "deno",
    refused: ["quickjs form", "extism source"],
  },
  {
    name: "what the probe saw",
    choice: choice({
      artifact: artifact({
        runtimes: [
          { runtime: "deno", ok: true },
          { runtime: "quickjs", ok: false, reason: "it uses node:net" },
        ],
      }),
    }),
    runtime: "deno",
    refused: ["quickjs manifest", "extism source"],
  },
  {
    name: "raw sockets",
    choice: choice({ permissions: { ...NO_PERMISSIONS, netDirect: ["db.example:5432"] } }),
    runtime: "deno",
    refused: ["quickjs permissions", "extism source"],
  },
  {
    name: "a private directory",
    choice: choice({ permissions: { ...NO_PERMISSIONS, fs: "tmp" } }),
    runtime: "deno",
    refused: ["quickjs permissions", "extism source"],
  },
  {
    name: "more memory than it can bound",
    choice: choice({ limits: { ...DEFAULT_LIMITS, memoryBytes: 512 * MIB } }),
    runtime: "deno",
    refused: ["quickjs limits", "extism source"],
  },
  {
    name: "the package's preference",
    choice: choice({ wish: { preferred: "deno" } }),
    runtime: "deno",
    refused: ["extism source"],
  },
  {
    name: "the package's fallback where the preferred one is not able",
    choice: choice({
      wish: { preferred: "extism", fallbacks: ["deno"] },
    }),
    runtime: "deno",
    refused: ["quickjs wish", "extism source"],
  },
  {
    name: "the caller, whatever the package prefers",
    choice: choice({ wanted: "quickjs", wish: { preferred: "deno", fallbacks: [] } }),
    runtime: "quickjs",
    refused: ["deno caller", "extism caller"],
  },
  {
    name: "a constraint on isolation",
    choice: choice({ wish: { constraints: { minIsolation: "bubblewrap" } } }),
    runtime: "deno",
    refused: ["quickjs constraints", "extism source"],
  },
  {
    name: "a constraint on cold starts",
    choice: choice({ wish: { preferred: "deno", constraints: { maxColdMs: 30 } } }),
    runtime: "quickjs",
    refused: ["deno constraints", "extism source"],
  },
  {
    name: "a need for machine code",
    choice: choice({ wish: { constraints: { needs: ["jit", "intl"] } } }),
    runtime: "deno",
    refused: ["quickjs constraints", "extism source"],
  },
  {
    name: "a need for pristine instances",
    choice: choice({ wish: { preferred: "deno", constraints: { needs: ["pristine"] } } }),
    runtime: "quickjs",
    refused: ["deno constraints", "extism source"],
  },
  {
    name: "a pure package that was not compared",
    choice: choice({ artifact: artifact({ needs: { pure: true } }) }),
    runtime: "deno",
    refused: ["quickjs proof", "extism source"],
  },
  {
    name: "a caller who insists before it was compared",
    choice: choice({ artifact: artifact({ needs: { pure: true } }), wanted: "quickjs" }),
    runtime: "quickjs",
    refused: ["deno caller", "extism caller"],
  },
];

for (const row of TABLE) {
  Deno.test(`select() follows ${row.name}`, () => {
    const { runtime, refusals } = select(row.choice);
    assert.equal(runtime, row.runtime);
    assert.deepEqual(refusals.map((refusal) => `${refusal.runtime} ${refusal.by}`), row.refused);
    assert.ok(refusals.every(({ reason }) => reason.length > 0));
  });
}

Deno.test("select() refuses what is isolated less than policy demands", () => {
  const strict = createSelectRuntime({ runtimes: [QUICKJS, DENO], minIsolation: "bubblewrap" });
  const { runtime, refusals, fallbacks } = strict(choice());
  assert.equal(runtime, "deno");
  assert.deepEqual(fallbacks, []);
  assert.deepEqual(refusals, [{
    runtime: "quickjs",
    by: "policy",
    reason: "its isolation is rlimits, policy demands bubblewrap",
  }]);
});

Deno.test("select() throws no_runtime with every reason when all refuse", () => {
  assert.throws(() => select(choice({ artifact: artifact({ runtimes: [] }) })), (error) => {
    assert.ok(error instanceof AirlockError);
    assert.equal(error.code, "no_runtime");
    assert.equal(
      error.message,
      "Choosing a runtime: quickjs: the package was not tried in it; deno: the package was not tried in it; extism: it does not run code from npm",
    );
    return true;
  });
  const only = createSelectRuntime({ runtimes: [DENO], minIsolation: "permissions" });
  assert.throws(() => only(choice({ wanted: "extism" })), {
    code: "no_runtime",
    message: "Choosing a runtime: extism is not available here",
  });
});

Deno.test("select() follows measurements once there are enough and they are clear", () => {
  const cases = [
    [{ quickjs: [100, 90], deno: [100, 20] }, "deno"],
    [{ quickjs: [100, 22], deno: [100, 20] }, "quickjs"],
    [{ quickjs: [100, 20], deno: [2, 2] }, "quickjs"],
    // Too slow for an interpreter, whether or not anybody has tried it with machine code.
    [{ quickjs: [100, 90], deno: [2, 20] }, "deno"],
    [{ quickjs: [100, 90] }, "deno"],
    [{ quickjs: [2, 90] }, "quickjs"],
    // It waits: machine code does not help.
    [{ quickjs: [100, 90], deno: [100, 88] }, "quickjs"],
    [{ deno: [100, 1] }, "quickjs"],
  ] as const;
  for (const [seen, expected] of cases) {
    const evidenceOf: EvidenceOf = () =>
      Object.fromEntries(
        Object.entries(seen).map((
          [kind, [calls, toolMs]],
        ) => [kind, { calls, toolMs, startMs: 1 }]),
      );
    const informed = createSelectRuntime({
      runtimes: [QUICKJS, DENO],
      minIsolation: "permissions",
      evidenceOf,
    });
    const { runtime, fallbacks } = informed(choice());
    assert.equal(runtime, expected, JSON.stringify(seen));
    assert.equal(fallbacks.length, 1, "the other one could take over");
  }
});

Deno.test("select() names what may take over in the order that the tool states", () => {
  const cases = [
    [{}, ["deno"]],
    [{ fallbacks: [] }, []],
    [{ fallbacks: ["deno"] }, ["deno"]],
    [{ preferred: "deno" }, ["quickjs"]],
    [{ preferred: "deno", fallbacks: [] }, []],
    [{ preferred: "deno", fallbacks: ["extism", "quickjs", "quickjs"] }, ["quickjs"]],
  ] as const;
  for (const [wish, expected] of cases) {
    assert.deepEqual(select(choice({ wish })).fallbacks, expected, JSON.stringify(wish));
  }
});

Deno.test("select() uses results that were compared", () => {
  const seen = { quickjs: { calls: 50, toolMs: 1, startMs: 2 } };
  const pure = choice({ artifact: artifact({ needs: { pure: true } }) });
  const withProof = (proof: RuntimeProof | null, toolMs = 1) =>
    createSelectRuntime({
      runtimes: [DENO, QUICKJS],
      minIsolation: "permissions",
      evidenceOf: () => ({ quickjs: { ...seen.quickjs, toolMs } }),
      proofOf: () => proof === null ? [] : [proof],
    });
  const equal: RuntimeProof = {
    runtime: "quickjs",
    tool: "echo",
    state: "equal",
    inputs: 3,
  };
  const promoted = withProof(equal)(pure);
  assert.equal(promoted.runtime, "quickjs");
  assert.match(promoted.because, /pure, takes 1\.0 ms/);
  assert.equal(withProof(equal)(choice()).runtime, "deno", "only where it is pure");
  assert.equal(withProof(equal, 12)(pure).runtime, "deno", "only where it is short");
  assert.equal(withProof(null)(pure).runtime, "deno");
  assert.equal(withProof(equal, 9)(pure).runtime, "quickjs");
  const different = withProof({ ...equal, state: "different", diff: "- 1\n+ 2" });
  const { runtime, refusals } = different(pure);
  assert.equal(runtime, "deno");
  assert.deepEqual(refusals, [{
    runtime: "quickjs",
    by: "proof",
    reason: "its results differ:\n- 1\n+ 2",
  }]);
  assert.throws(() => different({ ...pure, wanted: "quickjs" }), { code: "no_runtime" });
  const lacking = withProof({ ...equal, state: "lacking", diff: "it uses Worker" });
  assert.equal(lacking(pure).runtime, "deno");
  assert.equal(lacking(pure).refusals[0]?.reason, "it uses Worker, which it has not");
  const insisted = lacking({ ...pure, wanted: "quickjs" });
  assert.equal(insisted.runtime, "quickjs", "other parameters may not need it");
  const alone = lacking({ ...pure, wish: { preferred: "quickjs", fallbacks: [] } });
  assert.equal(alone.runtime, "quickjs", "nothing else may run it");
});

Deno.test("select() believes a measured cold start more than a typical one", () => {
  const measured = createSelectRuntime({
    runtimes: [QUICKJS, DENO],
    minIsolation: "permissions",
    evidenceOf: () => ({ quickjs: { calls: 9, toolMs: 1, startMs: 1, coldMs: 700 } }),
  });
  const { runtime, refusals } = measured(choice({ wish: { constraints: { maxColdMs: 100 } } }));
  assert.equal(runtime, "deno");
  assert.equal(refusals[0]?.reason, "a cold start took 700 ms, the tool demands 100 ms");
});
