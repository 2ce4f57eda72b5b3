import { ResultCache } from "../../runtime/cache/result_cache.ts";
import { createResultKeys } from "../../runtime/cache/result_keys.ts";
import type { CallTools } from "../../runtime/call/call.ts";
import { createCallTool } from "../../runtime/call_tool.ts";
import type { SandboxPool } from "../../runtime/pool/sandbox_pool.ts";
import type { ArtifactManifest } from "../../spec/artifact.ts";
import type { CallContext, ExecutionRequest, StartKind } from "../../spec/execution.ts";
import { DEFAULT_LIMITS, LIMIT_CEILINGS } from "../../spec/limits.ts";
import { NO_PERMISSIONS } from "../../spec/permissions.ts";
import type { InvocationReport, Sandbox } from "../../spec/sandbox.ts";
import { sampleManifest } from "./sample_artifact.ts";

/** Nothing is granted, and calls of pure tools may overlap. */
export const CALL_POLICY: CallTools["policy"] = {
  defaultPermissions: NO_PERMISSIONS,
  permissionCeiling: NO_PERMISSIONS,
  defaultLimits: DEFAULT_LIMITS,
  limitCeiling: LIMIT_CEILINGS,
  grantDeclared: false,
  defaultSource: "npm",
  isolationMode: "shared",
  callConcurrency: 4,
  loadTimeoutMs: 1000,
};

/** Parts that note what happens to them; any can be replaced by one that fails. */
export function callWorld(
  change: Partial<CallTools> & {
    invoke?: Sandbox["invoke"];
    manifest?: Partial<ArtifactManifest>;
    start?: StartKind;
  } = {},
) {
  const steps: string[] = [];
  const unexpected: unknown[] = [];
  const noted: object[] = [];
  const report: InvocationReport = { output: "out", toolMs: 3, droppedLogBytes: 7 };
  const sandbox: Pick<Sandbox, "invoke"> = {
    invoke: change.invoke ?? ((_invocation, host) => {
      host.onLog({ level: "info", message: "said", atMs: 1 });
      host.onChunk("part");
      host.onDropped?.(3);
      host.onDropped?.(4);
      return Promise.resolve(report);
    }),
  };
  const pool: Pick<SandboxPool, "run"> = {
    async run(request, use) {
      steps.push("acquire");
      const start = { start: change.start ?? "preloaded", acquireMs: 1, loadMs: 2 };
      request.onStart?.(start);
      return { ...start, value: await use(sandbox as Sandbox) };
    },
  };
  const tools: CallTools = {
    prepare: () => {
      steps.push("prepare");
      return Promise.resolve({
        artifact: {
          digest: "d1",
          codeDirectory: "/code",
          manifest: sampleManifest({
            tools: [{ ...sampleManifest().tools[0]!, inputSchema: { type: "object" } }],
            env: [{ name: "API_KEY", required: true }],
            ...change.manifest,
          }),
          lock: { packages: {}, modules: {} },
          sizeBytes: 1,
        },
        timings: { resolve: 4 },
        built: false,
        [Symbol.dispose]: () => void steps.push("release"),
      });
    },
    select: () => {
      steps.push("select");
      return { runtime: "deno", fallbacks: [], refusals: [] };
    },
    validate: () => void steps.push("validate"),
    pools: new Map([["deno", pool as SandboxPool], ["quickjs", pool as SandboxPool]]),
    openEgress: () => {
      steps.push("egress");
      return {
        request: () => Promise.reject(new Error("no network here")),
        records: () => [],
        close: () => void steps.push("close"),
      };
    },
    parseImportUrl: () => ({ packageName: "from-url" }),
    isolation: "bubblewrap",
    policy: CALL_POLICY,
    results: {
      cache: new ResultCache({ maxBytes: 0, ttlMs: 1, nowMs: () => 0 }),
      keys: createResultKeys(() => true),
    },
    note: (digest, { runtime, ...sample }) => noted.push({ digest, runtime, ...sample }),
    prove: () => {},
    consider: () => {},
    fingerprint: () => ({ lockHash: "lock", definitionHashOf: () => "definition" }),
    onUnexpected: (error) => unexpected.push(error),
    ...change,
  };
  const call = (
    request: Partial<ExecutionRequest> = {},
    context: Partial<CallContext> = {},
  ) =>
    createCallTool(tools)(
      { packageName: "sample", name: "echo", params: {}, env: { API_KEY: "k" }, ...request },
      { tenant: "t", requestId: "r1", signal: new AbortController().signal, ...context },
    );
  return { steps, unexpected, noted, call };
}
