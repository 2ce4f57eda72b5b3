import "./install_globals.ts";
import { failureOf } from "../../guest/call_failure.ts";
import { callTool } from "../../guest/call_tool.ts";
import { decodeParams } from "../../guest/decode_params.ts";
import { findTool } from "../../guest/find_tool.ts";
import { createGuestFetch } from "../../guest/guest_fetch.ts";
import { jsonParse, jsonStringify, objectKeys } from "../../guest/primordials.ts";
import { settleResult } from "../../guest/settle_result.ts";
import { describeFailure } from "../../guest/tool_failure.ts";
import type { CallBegin, LoadFacts } from "../guest_call_begin.ts";
import { hideFunctions } from "./hide_functions.ts";
import type { Deliver } from "./host_bridge.ts";
import { restartClock, stopClock, timers } from "./instance_clock.ts";
import { refuseLacking } from "./lacking.ts";
import { createProcess } from "./process_object.ts";
import { BridgedEgress } from "./web/egress.ts";
import { PendingAnswers } from "./web/pending_answers.ts";
import { installSubtle } from "./web/subtle.ts";
import { installRandom } from "./web/random.ts";

/**
 * The trusted part inside an engine instance. It is evaluated once, before the tool's module, and is
 * in every snapshot; {@linkcode deliver} is the only way in, {@linkcode airlockBridge} the only way
 * out. Tool code shares the realm, so what handles its values captured its built-ins beforehand.
 */
const { chunk, derive, hash, log, random, settle } = airlockBridge;
hideFunctions();
const pending = new PendingAnswers();
const egress = new BridgedEgress(airlockBridge, pending);
const environment = createProcess((level, text) => log(level, text));
let usesRandom = false;
const noteSecure = () => usesRandom = true;
const { reseed } = installRandom(random, noteSecure);
installSubtle(noteSecure);
const abort = new AbortController();
let namespace: object = {};

for (
  const [name, value] of Object.entries({
    fetch: createGuestFetch(egress),
    process: environment.process,
    // For node:crypto, which is a module of its own; digests give nobody any power.
    airlockHash: hash,
    airlockDerive: derive,
    // What `fetch` does as well.
    airlockRequest: (...args: Parameters<BridgedEgress["request"]>) => egress.request(...args),
    // For what stands in the place of missing built-ins; whoever calls it ends his own call.
    airlockLacking: refuseLacking,
  })
) {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}

/** What the host may say. Runs in a turn of its own; never throws unless the engine is at its end. */
// style-ok parameters: what the bridge of the other side calls, where each is a handle of its own.
export const deliver: Deliver = (kind, first, second, third) => {
  switch (kind) {
    case "load":
      return void load(first);
    case "call":
      return void call(jsonParse(String(first)));
    case "env":
      return environment.fill(jsonParse(String(first)));
    case "wake":
      return wake();
    case "answer":
      return pending.answer(Number(first), { json: String(second), bytes: bytesOf(third) });
    case "refuse":
      return pending.refuse(Number(first), refusal(jsonParse(String(second))));
    case "abort":
      return abort.abort();
    case "stray":
      return stray(first);
    case "uncaught":
      return fail(first);
    case "describe":
      return void describe(first);
  }
};

/** An error in a timer is nobody's to catch: the call fails with it. So is one in a microtask. */
function wake(): void {
  try {
    timers.fire();
  } catch (thrown) {
    fail(thrown);
  }
}

function fail(thrown: unknown): void {
  let json = OUT_OF_MEMORY;
  try {
    json = jsonStringify(failureOf(thrown));
  } catch {
    // A full heap has no room to say what went wrong, and unsettled the tool would seem to hang.
  }
  settle("failed", json);
}

const OUT_OF_MEMORY = jsonStringify({ kind: "out-of-memory" });

async function load(loading: unknown): Promise<void> {
  try {
    const loaded: unknown = await loading;
    // A module can export a `then`, and so resolve to anything.
    if (typeof loaded !== "object" || loaded === null) throw new TypeError("it has no exports");
    namespace = loaded;
    const facts: LoadFacts = {
      readsEnv: [...environment.reads],
      usesRandom,
      exports: objectKeys(namespace),
    };
    stopClock();
    settle("result", jsonStringify(facts));
  } catch (thrown) {
    fail(thrown);
  }
}

async function call({ toolName, paramsText, env, callId, outputBytes }: CallBegin): Promise<void> {
  restartClock();
  reseed();
  environment.fill(env);
  const { signal } = abort;
  const context = { env, declaredEnv: objectKeys(env) };
  try {
    const found = await findTool(namespace, toolName, context);
    const outcome = await callTool(found, decodeParams(paramsText), { ...context, signal, callId });
    const text = await settleResult(outcome, { maxBytes: outputBytes, signal, onChunk: chunk });
    settle("result", text);
  } catch (thrown) {
    fail(thrown);
  }
}

async function describe(listTools: unknown): Promise<void> {
  restartClock();
  try {
    if (typeof listTools !== "function") throw new TypeError("nothing to describe with");
    const report: unknown = await listTools(namespace, { env: {}, declaredEnv: [] });
    settle("result", jsonStringify(report));
  } catch (thrown) {
    fail(thrown);
  }
}

function stray(thrown: unknown): void {
  const { name, message } = describeFailure(thrown);
  log("error", `Unhandled rejection: ${name}: ${message}`);
}

/** What a failed request rejects with; `fetch` turns it into a `TypeError`. */
function refusal({ message, code }: { message: string; code: string }): Error {
  return Object.assign(new Error(message), { name: "EgressError", code });
}

function bytesOf(value: unknown): Uint8Array<ArrayBuffer> | null {
  return value instanceof Uint8Array ? new Uint8Array(value) : null;
}
