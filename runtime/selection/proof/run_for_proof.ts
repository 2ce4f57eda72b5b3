import type { DeclaredNeeds } from "../../../spec/artifact.ts";
import type { Limits } from "../../../spec/limits.ts";
import type { NetGrant } from "../../../spec/permissions.ts";
import { NO_PERMISSIONS } from "../../../spec/permissions.ts";
import type { InvocationHost, RuntimeKind } from "../../../spec/sandbox.ts";
import { argumentList } from "../../call/argument_list.ts";
import type { SandboxPool } from "../../pool/sandbox_pool.ts";
import type { EvidenceBook } from "../evidence/evidence_book.ts";
import type { RunOutcome } from "./compare_outcomes.ts";
import type { ProofRun } from "./prover.ts";

/** What runs for comparison are made with. */
export interface ProofRunTools {
  readonly pools: ReadonlyMap<RuntimeKind, SandboxPool>;
  readonly openEgress: (
    grant: NetGrant,
    signal: AbortSignal,
  ) => InvocationHost["egress"] & { records(): readonly unknown[]; close(): void };
  /** Runs count as experience where they are like those of calls. */
  readonly note: EvidenceBook["note"];
  /** Kinds in which every call has an instance of its own anyway. */
  readonly instancePerCall: ReadonlySet<RuntimeKind>;
  readonly loadTimeoutMs: number;
  /** How much a package's tools may use: never more than a call may. */
  readonly limitsOf: (needs: DeclaredNeeds) => Limits;
}

/** Nobody's tenant: no key can name it. */
const EXAMPLES_TENANT = "\u0000examples";
/** Comparing is not worth more. */
const MAX_TIMEOUT_MS = 10_000;

/** Runs a tool for comparison: with nothing granted, in an instance that nobody was in. */
export async function runForProof(run: ProofRun, tools: ProofRunTools): Promise<RunOutcome> {
  const { artifact: { manifest, codeDirectory, digest }, runtime, signal } = run;
  const pool = tools.pools.get(runtime);
  if (pool === undefined) return { error: new Error(`no ${runtime} here`) };
  const granted = tools.limitsOf(manifest.needs);
  const limits = { ...granted, timeoutMs: Math.min(granted.timeoutMs, MAX_TIMEOUT_MS) };
  const tree = manifest.form === "tree" ? codeDirectory : undefined;
  const definition = manifest.tools.find(({ name }) => name === run.tool);
  const keeps = tools.instancePerCall.has(runtime);
  const egress = tools.openEgress("none", signal);
  try {
    const { value, start, acquireMs, loadMs } = await pool.run({
      tenant: run.tenant ?? EXAMPLES_TENANT,
      artifactDigest: digest,
      need: { permissions: NO_PERMISSIONS, limits, tree },
      unit: {
        codeDirectory,
        entry: manifest.entry,
        env: {},
        nodeBuiltins: manifest.form === "tree" ? undefined : manifest.uses.nodeBuiltins,
        overlapping: keeps,
        timeoutMs: tools.loadTimeoutMs,
      },
      reuse: keeps ? "keep" : "per-call",
      concurrency: 1,
      signal,
    }, (sandbox) =>
      sandbox.invoke({
        callId: crypto.randomUUID(),
        toolName: run.tool,
        params: definition === undefined ? run.params : argumentList(run.params, definition),
        limits,
        signal,
      }, { egress, onLog: () => {}, onChunk: () => {} }));
    if (egress.records().length > 0) return { error: new Error("it wanted the network") };
    const cold = start !== "preloaded";
    // A process of its own for every run would count against the runtime that needs one.
    if (keeps) {
      tools.note(digest, { runtime, startMs: acquireMs + loadMs, toolMs: value.toolMs, cold });
    }
    return { output: value.output };
  } catch (error) {
    return { error: egress.records().length > 0 ? new Error("it wanted the network") : error };
  } finally {
    egress.close();
  }
}
