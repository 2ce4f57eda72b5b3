// Long, since all parts of an engine are put together here, in the order in which they start.
import { join } from "node:path";
import type { Config, Environment } from "../config.ts";
import type { Engine } from "../cli/cli_deps.ts";
import { buildArtifact } from "../runtime/artifact/build/build_artifact.ts";
import { createBundler } from "../runtime/artifact/build/bundler.ts";
import { judgeDeno } from "../runtime/artifact/judge_deno.ts";
import { judgeExtism } from "../runtime/artifact/judge_extism.ts";
import { buildPlugin, isPlugin } from "../runtime/artifact/plugin/build_plugin.ts";
import { createFingerprints } from "../registry/pins/tool_state.ts";
import { createArtifactPreparer, type PrepareFor } from "../runtime/artifact/prepare_artifact.ts";
import type { Database } from "../registry/database/database.ts";
import { ResultCache } from "../runtime/cache/result_cache.ts";
import { createResultKeys } from "../runtime/cache/result_keys.ts";
import { INSTANCE_PER_CALL } from "../runtime/call/instance_per_call.ts";
import { createCallTool } from "../runtime/call_tool.ts";
import { effectiveLimits } from "../runtime/call_policy.ts";
import { createEgressBroker } from "../runtime/egress/egress_broker.ts";
import { createBreakerBoard } from "../runtime/executor/breaker_board.ts";
import { callElsewhere } from "../runtime/executor/call_elsewhere.ts";
import { cascadeExecutor } from "../runtime/executor/cascade_executor.ts";
import { createRemoteExecutor } from "../runtime/executor/remote_executor.ts";
import { tellReached } from "../runtime/executor/tell_reached.ts";
import { openEvidence } from "../runtime/selection/evidence/open_evidence.ts";
import { Prover } from "../runtime/selection/proof/prover.ts";
import { runForProof } from "../runtime/selection/proof/run_for_proof.ts";
import { createSelectRuntime } from "../runtime/selection/select_runtime.ts";
import { createParamsValidator } from "../runtime/validate_params.ts";
import { buildGuestPrograms } from "../sandboxes/deno/deno_programs.ts";
import { DenoRuntime } from "../sandboxes/deno/deno_runtime.ts";
import { ExtismRuntime } from "../sandboxes/extism/extism_runtime.ts";
import { buildExtismGuest } from "../sandboxes/extism/extism_program.ts";
import { probeIsolation } from "../sandboxes/process/isolation.ts";
import { RunDirectory } from "../sandboxes/process/run_directory.ts";
import type { DeclaredNeeds } from "../spec/artifact.ts";
import type { NetGrant } from "../spec/permissions.ts";
import type { IsolationLevel } from "../spec/sandbox.ts";
import { callPolicy } from "./call_policy_of.ts";
import { createOpenCode } from "./create_open_code.ts";
import { createPinBook } from "./create_pin_book.ts";
import { createDescriber, packageOf } from "./create_describer.ts";
import { createTypeReader } from "./create_type_reader.ts";
import { denoOffer } from "./deno_offer.ts";
import { executorCheck } from "./executor_check.ts";
import { extismOffer } from "./extism_offer.ts";
import { holdTrees } from "./hold_trees.ts";
import { openQuickjs } from "./open_quickjs.ts";
import { openInline } from "./open_inline.ts";
import { openPlugins } from "./open_plugins.ts";
import { openPools } from "./open_pools.ts";
import { openSources } from "./open_sources.ts";
import { openStore } from "./open_store.ts";
import { createProbe } from "./probe_package.ts";
import { quickjsOffer } from "./quickjs_offer.ts";
import { requireDeno } from "./require_deno.ts";
import { schemaGuesserOf } from "./schema_guesser_of.ts";
import { requireIsolation } from "./require_isolation.ts";

/** What an engine is opened with. */
export interface OpenEngineOptions {
  readonly config: Config;
  readonly environment: Environment;
  readonly version: string;
  /** Where inline source is kept; without one there is none. Its owner disposes it. */
  readonly database?: Database;
  /** Told of errors that nobody foresaw, for the log. */
  readonly onUnexpected: (error: unknown, requestId: string) => void;
  /** Never use more isolation than this; for tests of what the weaker levels hold. */
  readonly isolationAtMost?: IsolationLevel;
}

/** States of loaded modules may take one part in so many of what artifacts may. */
const STATES_SHARE = 4;

/** How long a module may take to evaluate. */
const LOAD_TIMEOUT_MS = 30_000;

/** When an executor elsewhere is left alone, and for how long. */
const BREAKER_POLICY = { failures: 5, openMs: 30_000 };

/** Bounds on preparing packages. */
const PREPARE_POLICY = {
  maxConcurrentBuilds: 2,
  maxQueuedBuilds: 64,
  buildDeadlineMs: 180_000,
  resolveTtlMs: 60_000,
  notFoundTtlMs: 10_000,
};

/**
 * Puts everything that runs tools together. Disposing ends every sandbox and every child process.
 * @throws {AirlockError} when this machine gives less isolation than configured.
 */
export async function openEngine(options: OpenEngineOptions): Promise<Engine> {
  const { config, environment, version } = options;
  requireDeno(Deno.version.deno);
  await using stack = new AsyncDisposableStack();
  const denoPath = Deno.execPath();
  const searchPath = (environment.PATH ?? "").split(":").filter((entry) => entry !== "");
  const [isolation, store, run] = await Promise.all([
    probeIsolation({ denoPath, searchPath, atMost: options.isolationAtMost }),
    openStore(config),
    RunDirectory.open(join(config.dataDirectory, "run")),
  ]);
  stack.use(store);
  stack.use(run);
  requireIsolation(isolation.level, config.policy.minIsolation);
  const extismGuest = await buildExtismGuest(join(run.path, "extism"));
  const guest = await buildGuestPrograms(join(run.path, "guest"));
  const calls = stack.use(
    new DenoRuntime({
      ...{ denoPath, isolation, guestFile: guest.guestFile, runDirectory: run.path },
      cacheDirectory: join(run.path, "compiled"),
    }),
  );
  const extism = new ExtismRuntime({
    ...{ denoPath, isolation, guestFile: extismGuest, runDirectory: run.path },
  });
  const quickjs = openQuickjs({
    ...{ denoPath, isolation, runDirectory: run.path },
    stateDirectory: join(config.dataDirectory, "states"),
    maxStateBytes: config.cacheMaxBytes / STATES_SHARE,
    callConcurrency: config.pool.callConcurrency,
  });
  stack.use(quickjs.runtime);
  const prober = new DenoRuntime({
    ...{ denoPath, isolation, guestFile: guest.probeFile, runDirectory: run.path },
  });
  const probes = { js: createProbe(prober), wasm: createProbe(extism) };
  const bundler = stack.use(createBundler({ env: buildEnvironment(environment) }));
  const sources = openSources(config, environment);
  const broker = createEgressBroker({ allowPrivate: config.policy.netAllowPrivate });
  const plugins = openPlugins(config, {
    openEgress: (deadlineSignal) => broker.open("public", { deadlineSignal }),
  });
  const inline = options.database && openInline({
    sql: options.database.sql,
    install: sources.install,
    onFailure: (error) => options.onUnexpected(error, "reading inline source"),
  });
  const preparer = stack.use(
    createArtifactPreparer({
      sources: [...sources.all, plugins.source, ...inline === undefined ? [] : [inline.source]],
      build(fetched, step) {
        if (isPlugin(fetched)) return buildPlugin(fetched, step);
        // What was built is tried there next.
        quickjs.runtime.getReady();
        return buildArtifact(fetched, { ...step, bundler });
      },
      probe: (subject, step) => probes[subject.form === "wasm" ? "wasm" : "js"](subject, step),
      readTypes: createTypeReader({
        runtime: calls,
        directory: join(run.path, "types"),
      }),
      store,
      guesser: schemaGuesserOf(config),
      judges: [judgeDeno, quickjs.judge, judgeExtism],
      policy: { ...PREPARE_POLICY, allowsFallback: sources.allowsFallback },
    }),
  );
  const prepareAny: PrepareFor = (request, step) => preparer.prepare(request, step);
  const prepare = inline === undefined ? prepareAny : inline.guard(prepareAny);
  const denoRuntime = holdTrees(calls, store);
  const { book } = stack.use(
    await openEvidence({
      directory: join(config.dataDirectory, "selection"),
      onFailure: (error) => options.onUnexpected(error, "writing evidence"),
    }),
  );
  const pools = stack.use(openPools(config, [denoRuntime, quickjs.runtime, extism]));
  const validator = createParamsValidator();
  const esmOrigin = new URL(config.esmOrigin);
  const select = createSelectRuntime({
    // In order of preference: where two can run a package, Deno does unless something speaks for QuickJS.
    runtimes: [denoOffer, quickjsOffer, extismOffer].map((offer) => offer(isolation.level)),
    minIsolation: config.policy.minIsolation,
    evidenceOf: book.evidenceOf,
    proofOf: book.proofsOf,
  });
  const openEgress = (grant: NetGrant, deadlineSignal: AbortSignal) =>
    broker.open(grant, { deadlineSignal });
  const policy = callPolicy(config);
  const proofTools = {
    ...{ pools: pools.byKind, openEgress, note: book.note },
    ...{ instancePerCall: INSTANCE_PER_CALL, loadTimeoutMs: LOAD_TIMEOUT_MS },
    limitsOf: (needs: DeclaredNeeds) => effectiveLimits(undefined, needs.limits, policy),
  };
  const prover = stack.use(
    new Prover({
      run: (run) => runForProof(run, proofTools),
      hold: (digest) => store.get(digest),
      proofsOf: book.proofsOf,
      prove: book.prove,
      onFailure: (error) => options.onUnexpected(error, "comparing runtimes"),
      reference: "deno",
      candidate: "quickjs",
    }),
  );
  const results = new ResultCache({ ...config.results, nowMs: () => performance.now() });
  const execute = createCallTool({
    prepare,
    select,
    note: book.note,
    prove: book.prove,
    consider: (call) => prover.consider(call),
    validate: (schema, params) => validator.validate(schema, params),
    pools: pools.byKind,
    openEgress,
    parseImportUrl: (importUrl) => packageOf(importUrl, esmOrigin),
    results: {
      cache: results,
      keys: createResultKeys(sources.isPublic),
    },
    fingerprint: createFingerprints(),
    isolation: isolation.level,
    policy: { ...policy, loadTimeoutMs: LOAD_TIMEOUT_MS },
    onUnexpected: options.onUnexpected,
  });
  const breakerOf = createBreakerBoard(BREAKER_POLICY, () => performance.now());
  const remote = { openEgress, breakerOf, policy, isolation: isolation.level };
  const local = tellReached({ execute });
  const executor = callElsewhere(
    cascadeExecutor(local, (choice) => createRemoteExecutor(choice, remote)),
    isolation.level,
  );
  const owned = stack.move();
  pools.warm();
  return {
    executor,
    describer: createDescriber(config, { prepare, select, ...book, proofOf: book.proofsOf }),
    plugins: plugins.uploads,
    openCode: createOpenCode(preparer),
    pins: options.database && createPinBook({
      sql: options.database.sql,
      onFailure: (error) => options.onUnexpected(error, "reading pins"),
    }),
    checkExecutor: executorCheck(config),
    onInlineChange: (packageName) => inline?.changed(packageName),
    health: () => ({
      version,
      isolation: isolation.level,
      runtimes: [...pools.byKind.keys()].map((kind) => ({ kind, isolation: isolation.level })),
      pool: pools.counts(),
    }),
    poolNumbers: pools.numbers,
    poolFacts: () => ({ ...pools.facts(), results: results.stats }),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

/** What a build process needs to find Airlock's own modules, and nothing else. */
function buildEnvironment(environment: Environment): Record<string, string> {
  const names = ["PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME"];
  return Object.fromEntries(names.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value]];
  }));
}
