import type { JsonValue } from "../../spec/json.ts";
import type { CachedResult } from "../cache/result_cache.ts";
import type { ResultKeys } from "../cache/result_keys.ts";
import { untilAborted } from "../pool/until_aborted.ts";
import type { ChosenCall } from "./call.ts";
import { INSTANCE_PER_CALL } from "./instance_per_call.ts";

/**
 * Stage: answers with the kept result of an equal call, or runs the call and keeps its result. Equal
 * calls of one tenant at the same time are run once, unless the result turns out not to be for
 * keeping: then everybody runs for themselves.
 * @throws as `run` does; the signal's reason.
 */
export function answerFromCache(
  call: ChosenCall,
  run: () => Promise<JsonValue>,
): Promise<JsonValue> {
  const { context, tools: { results } } = call;
  const keys = results.cache.isOn ? results.keys.keysOf({ ...call, tenant: context.tenant }) : null;
  return keys === null ? run() : answerWithKeys(call, { keys, run });
}

async function answerWithKeys(
  call: ChosenCall,
  { keys, run }: { readonly keys: ResultKeys; readonly run: () => Promise<JsonValue> },
): Promise<JsonValue> {
  const { record, context, tools: { results } } = call;
  const known = find(call, keys);
  if (known !== undefined) return take(call, known);
  record.cache = "miss";
  const flight = results.cache.flight(keys.own);
  if (flight !== undefined) {
    await untilAborted(flight, context.signal);
    const made = find(call, keys);
    return made === undefined ? await run() : take(call, made);
  }
  using _work = results.cache.begin(keys.own);
  const output = await run();
  keep(call, { keys, output });
  return output;
}

function find({ tools: { results: { cache } } }: ChosenCall, { own, shared }: ResultKeys) {
  const kept = cache.get(own);
  return kept ?? (shared === undefined ? undefined : cache.get(shared));
}

function take({ record }: ChosenCall, { output, runtime }: CachedResult): JsonValue {
  record.cache = "hit";
  record.runtime = runtime;
  return output;
}

function keep(
  call: ChosenCall,
  { keys, output }: { readonly keys: ResultKeys; readonly output: JsonValue },
): void {
  const { record, request, tools: { results: { cache } } } = call;
  // A kept result would not be streamed again.
  if (record.chunks > 0) return;
  const wentOut = record.egress().length > 0;
  // It said that nothing else happens: only who asked for it gets what came of that.
  if (wentOut && request.cache !== true) return;
  const runtime = record.runtime ?? call.runtime;
  const isForAll = keys.shared !== undefined && !wentOut && ranPristine(call);
  cache.set(isForAll ? keys.shared : keys.own, { output, runtime });
}

/**
 * Whether nobody was in the instance before this call or beside it: a tenant that can prepare an
 * instance for a call could otherwise choose what others are answered.
 */
function ranPristine({ record, runtime, tools: { policy } }: ChosenCall): boolean {
  if (INSTANCE_PER_CALL.has(record.runtime ?? runtime)) return true;
  const { sandboxStart } = record;
  return policy.callConcurrency === 1 && (sandboxStart === "blank" || sandboxStart === "new");
}
