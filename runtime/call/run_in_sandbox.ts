import { AirlockError } from "../../spec/errors.ts";
import type { InvocationReport, RuntimeKind, Sandbox } from "../../spec/sandbox.ts";
import type { SandboxPool } from "../pool/sandbox_pool.ts";
import { retryLostCall } from "../retry_lost_call.ts";
import { argumentList } from "./argument_list.ts";
import type { CallTools, ChosenCall } from "./call.ts";
import { redactLog } from "./redact_log.ts";
import { INSTANCE_PER_CALL } from "./instance_per_call.ts";

/**
 * Stage: gets a sandbox and runs the tool in it, within its limits, with its own way out.
 * @throws {AirlockError} as the pool and the sandbox do; the signal's reason.
 */
export async function runInSandbox(call: ChosenCall): Promise<InvocationReport> {
  const { request, tools, context, record, artifact, env, need, runtime } = call;
  record.stage = "acquire";
  const { manifest, codeDirectory, digest } = artifact;
  const { policy } = tools;
  const { concurrent, pure } = manifest.needs;
  const mayOverlap = INSTANCE_PER_CALL.has(runtime) || concurrent === true || pure === true;
  const concurrency = mayOverlap ? policy.callConcurrency : 1;
  const run = () =>
    poolOf(runtime, tools).run({
      tenant: context.tenant,
      artifactDigest: digest,
      need,
      unit: {
        codeDirectory,
        entry: manifest.entry,
        env,
        nodeBuiltins: manifest.form === "tree" ? undefined : manifest.uses.nodeBuiltins,
        overlapping: concurrency > 1,
        timeoutMs: policy.loadTimeoutMs,
      },
      reuse: (request.isolation ?? policy.isolationMode) === "per-call" ? "per-call" : "keep",
      concurrency,
      signal: context.signal,
      onStart: ({ start, acquireMs, loadMs }) => {
        record.sandboxStart = start;
        // What is preloaded there is a state, from which every call has an instance restored.
        record.start ??= runtime === "quickjs" && start === "preloaded" ? "snapshot" : start;
        record.time("acquire", acquireMs);
        record.time("load", loadMs);
      },
    }, (sandbox) => invoke(call, sandbox));
  const { value } = await retryLostCall(run, () => record.wasSeen());
  return value;
}

async function invoke(call: ChosenCall, sandbox: Sandbox): Promise<InvocationReport> {
  const { request, tools, context, record, artifact, toolName, need } = call;
  const log = redactLog(context.grant ?? {}, (entry) => {
    record.logs.push(entry);
    context.onLog?.(entry);
  });
  record.stage = "execute";
  const definition = artifact.manifest.tools.find(({ name }) => name === toolName);
  const egress = tools.openEgress(need.permissions.net, context.signal);
  record.egress = () => egress.records();
  try {
    return await sandbox.invoke({
      callId: crypto.randomUUID(),
      toolName,
      params: definition === undefined ? request.params : argumentList(request.params, definition),
      limits: need.limits,
      signal: context.signal,
    }, {
      egress,
      onLog: log.write,
      onChunk: (value) => {
        record.chunks += 1;
        context.onChunk?.(value);
      },
      onDropped: (bytes) => record.droppedLogBytes += bytes,
    });
  } finally {
    log.end();
    egress.close();
  }
}

function poolOf(runtime: RuntimeKind, tools: CallTools): SandboxPool {
  const pool = tools.pools.get(runtime);
  if (pool !== undefined) return pool;
  throw new AirlockError("no_runtime", `Running the tool: no ${runtime} sandboxes here`, {
    stage: "select",
  });
}
