import type { PreparedArtifact, PrepareRequest } from "../artifact/prepare_artifact.ts";
import type { Call } from "./call.ts";
import { pinnedFailure, pinnedWish } from "./check_pin.ts";

/**
 * Stage: gets the artifact of the call, stored or built. Whoever calls disposes it.
 * @throws {AirlockError} as preparing does; `quarantined` where a pin forbids it; the signal's reason.
 */
export async function prepareCall(call: Call): Promise<PreparedArtifact> {
  const { record, tools, context: { tenant, signal, onProgress } } = call;
  record.stage = "resolve";
  const { pin } = call.context;
  const wish = pin === undefined ? wishOf(call) : pinnedWish(wishOf(call), pin);
  const step = { tenant, signal, progress: onProgress };
  const prepared = await tools.prepare(wish, step).catch((error: unknown) => {
    throw pin === undefined ? error : pinnedFailure(error, pin);
  });
  for (const [step, milliseconds] of Object.entries(prepared.timings)) {
    record.time(step as keyof typeof prepared.timings, milliseconds);
  }
  record.artifact = prepared.artifact.digest;
  record.version = prepared.artifact.manifest.resolved.version;
  if (prepared.built) record.start = "built";
  return prepared;
}

function wishOf({ request, tools }: Call): PrepareRequest {
  const { packageName, version, importUrl } = request;
  if (importUrl !== undefined) return { ...tools.parseImportUrl(importUrl), source: "esm" };
  return { packageName, version, source: request.source ?? tools.policy.defaultSource };
}
