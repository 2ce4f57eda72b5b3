import { AirlockError } from "../../spec/errors.ts";
import type { CallContext, ExecutionRequest, Executor } from "../../spec/execution.ts";
import type { RemoteExecutorChoice } from "../../spec/executor_choice.ts";
import type { CallPin } from "../../spec/pin.ts";
import type { NetGrant } from "../../spec/permissions.ts";
import type { IsolationLevel } from "../../spec/sandbox.ts";
import type { OpenEgress } from "../call/call.ts";
import { otherLock } from "../call/check_lock.ts";
import { CallRecord } from "../call_record.ts";
import type { CallPolicy } from "../call_policy.ts";
import type { CircuitBreaker } from "./circuit_breaker.ts";
import { type ExecutorAnswer, readAnswer } from "./read_answer.ts";
import { readText } from "./read_text.ts";
import { remoteRequest } from "./remote_request.ts";
import { tokenHeader } from "./token_header.ts";

/** Beyond the call's own limit: what the way there and back may take. */
const JOURNEY_MS = 5_000;

/** Beyond the result itself: what the contract's other fields may take. */
const ENVELOPE_BYTES = 256 * 1024;

/** What remote executors are reached with. */
export interface RemoteExecutorTools {
  /** A way out that refuses private addresses, unless configuration names them. */
  readonly openEgress: (grant: NetGrant, signal: AbortSignal) => OpenEgress;
  /** One for each account and executor. */
  readonly breakerOf: (key: string) => CircuitBreaker;
  readonly policy: CallPolicy;
  /** Of this gateway; told in `meta`, where the executor's own cannot be believed. */
  readonly isolation: IsolationLevel;
}

/**
 * An executor at somebody's URL. What it is sent is cut down to the ceilings here; whether it heeds
 * them is its own matter. It is sent only variables that the request brings.
 */
export function createRemoteExecutor(
  choice: RemoteExecutorChoice,
  tools: RemoteExecutorTools,
): Executor {
  return {
    async execute(request, context) {
      const { isolation } = tools;
      const record = new CallRecord({ requestId: context.requestId, isolation });
      record.stage = "execute";
      try {
        const answer = await ask({ choice, request, context }, { tools, record });
        record.version = answer.version;
        record.lockHash = answer.lockHash;
        if (context.pin !== undefined) requirePinned(answer, context.pin);
        return answer.success ? record.success(answer.output) : record.failure(answer.error);
      } catch (error) {
        return record.failure(error);
      }
    },
  };
}

/**
 * What an executor says that it ran has to be what was accepted. Those that say nothing of it are
 * believed: whoever set one trusts it.
 */
function requirePinned({ version, lockHash }: ExecutorAnswer, pin: CallPin): void {
  const isOther = (version !== null && version !== pin.version) ||
    (lockHash !== undefined && lockHash !== pin.lockHash);
  if (isOther) throw otherLock(version);
}

/** One call, on its way to an executor. */
interface RemoteCall {
  readonly choice: RemoteExecutorChoice;
  readonly request: ExecutionRequest;
  readonly context: CallContext;
}

async function ask(
  call: RemoteCall,
  { tools, record }: { readonly tools: RemoteExecutorTools; readonly record: CallRecord },
): Promise<ExecutorAnswer> {
  const { choice, request, context } = call;
  const body = remoteRequest(request, {
    ...tools.policy,
    grant: context.grant,
    pin: context.pin,
  });
  // Before it counts against the executor, which has done nothing wrong.
  const token = tokenHeader(choice);
  // An account whose secret is wrong keeps no other away from an executor that both use.
  const breaker = tools.breakerOf(JSON.stringify([context.tenant, choice.url]));
  const waitMs = breaker.admit();
  if (waitMs !== null) throw resting(waitMs);
  let wentWell: boolean | null = false;
  const overdue = AbortSignal.timeout(body.limits.timeoutMs + JOURNEY_MS);
  const signal = AbortSignal.any([context.signal, overdue]);
  const egress = tools.openEgress([hostOf(choice.url)], signal);
  record.egress = () => egress.records();
  try {
    const { status, text } = await send(egress, {
      ...{ choice, token, signal, body: JSON.stringify(body) },
      maxBytes: body.limits.outputBytes + ENVELOPE_BYTES,
    });
    const answer = readAnswer(status, text);
    // What it refuses or a tool throws is an answer; what is wrong with itself is not.
    wentWell = answer.success || answer.error.code !== "upstream_failed";
    return answer;
  } catch (error) {
    if (context.signal.aborted) wentWell = null;
    throw context.signal.aborted || !overdue.aborted ? inWords(error) : tooSlow();
  } finally {
    breaker.settle(wentWell);
    egress.close();
  }
}

interface Sending {
  readonly choice: RemoteExecutorChoice;
  readonly token: readonly [string, string][];
  readonly signal: AbortSignal;
  readonly body: string;
  readonly maxBytes: number;
}

async function send(egress: OpenEgress, { choice, token, signal, body, maxBytes }: Sending) {
  const headers: [string, string][] = [
    ["content-type", "application/json"],
    ["accept", "application/json"],
    ...token,
  ];
  const response = await egress.request({
    method: "POST",
    url: `${choice.url}/execute-tool`,
    headers,
    body: new Blob([body]).stream(),
    // Where it goes is checked once, when it is set; a token follows nobody elsewhere.
    redirect: "error",
  }, signal);
  return { status: response.status, text: await readText(response.body, maxBytes) };
}

/** Where an executor is. */
export function executorHost(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port, protocol } = new URL(url);
  return { host: hostname, port: Number(port) || (protocol === "https:" ? 443 : 80) };
}

function hostOf(url: string): string {
  const { host, port } = executorHost(url);
  return `${host}:${port}`;
}

/** What stands in the way is between us and the executor: no grant of the caller's would help. */
function inWords(error: unknown): unknown {
  if (!(error instanceof AirlockError) || error.code !== "permission_denied") return error;
  return new AirlockError("upstream_failed", "Asking the executor: its address is not public", {
    stage: "execute",
    suggestion: "The gateway's operator can allow it with AIRLOCK_NET_ALLOW_PRIVATE",
    retryable: false,
    cause: error,
  });
}

function tooSlow(): AirlockError {
  return new AirlockError("deadline_exceeded", "Asking the executor: no answer in time", {
    stage: "execute",
  });
}

function resting(waitMs: number): AirlockError {
  return new AirlockError(
    "upstream_failed",
    "Asking the executor: it failed several times in a row and is left alone for a while",
    {
      stage: "execute",
      suggestion: "Try again later, or let the collection run its tools here",
      retryAfterMs: Math.ceil(waitMs),
    },
  );
}
