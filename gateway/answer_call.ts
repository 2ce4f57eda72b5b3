import type { Context } from "hono";
import type { CallThrough } from "../accounts/through/call_through.ts";
import type { ErrorCode } from "../spec/errors.ts";
import type { CallContext, ExecutionRequest, ExecutionResult } from "../spec/execution.ts";
import type { PinnedContext } from "./call_pins.ts";
import { type EventSender, eventStream } from "./event_stream.ts";
import { failureBody } from "./failure_body.ts";
import type { GatewayEnv } from "./gateway_env.ts";
import type { GatewayOptions } from "./gateway_options.ts";
import { joinSignals } from "./join_signals.ts";
import { respondFailure } from "./respond_failure.ts";

/** Through what a call comes, and what it is held to there. */
export interface CallWay {
  readonly through?: CallThrough;
  readonly pinned?: PinnedContext;
  /** It runs where nobody here sees whether it has begun: see {@linkcode mayHaveRun}. */
  readonly isElsewhere?: boolean;
}

/** Failures of calls elsewhere after which nobody knows what was done. */
const UNKNOWN_ENDS: ReadonlySet<ErrorCode> = new Set([
  ...["tool_error", "upstream_failed", "bridge_disconnected", "deadline_exceeded"] as const,
]);

/**
 * Runs a call for whoever sent the request and answers with its result: as JSON, or as an event stream
 * where that is what the caller accepts.
 */
export async function answerCall(
  context: Context<GatewayEnv>,
  request: ExecutionRequest,
  options: GatewayOptions & CallWay,
): Promise<Response> {
  const wantsEvents = context.req.header("accept")?.includes("text/event-stream") ?? false;
  const caller = context.get("caller");
  const { through, pinned } = options;
  const grant =
    await (through === undefined
      ? options.accounts?.grantFor(caller)
      : options.accounts?.grantThrough(caller, through));
  const origin = await options.metering?.originOf(caller, "http", through);
  if (wantsEvents) return streamCall(context, request, { ...options, grant, origin });
  using stop = joinSignals(context.req.raw.signal, options.gate.signal);
  const result = await options.executor.execute(request, {
    tenant: context.get("tenant"),
    ...{ grant, origin, ...pinned },
    requestId: context.get("requestId"),
    signal: stop.signal,
  });
  // What a tool did, it did, however the call ended: repeating it is no way out.
  if (mayHaveRun(result, options)) context.set("answerKeeping", "always");
  if (!result.success) return respondFailure(context, result, { meta: result.meta });
  return new Response(JSON.stringify(result), {
    headers: { "content-type": "application/json" },
  });
}

function mayHaveRun(result: ExecutionResult, { isElsewhere = false }: CallWay): boolean {
  if (!isElsewhere) return result.meta.runtime !== null;
  return result.success || UNKNOWN_ENDS.has(result.code);
}

function streamCall(
  context: Context<GatewayEnv>,
  request: ExecutionRequest,
  options: GatewayOptions & CallWay & Pick<CallContext, "grant" | "origin">,
): Response {
  const gone = new AbortController();
  // The stream outlives the handler: it holds the gate until its last event.
  const release = options.gate.hold();
  const call: CallContext = {
    tenant: context.get("tenant"),
    grant: options.grant,
    origin: options.origin,
    ...options.pinned,
    requestId: context.get("requestId"),
    signal: AbortSignal.any([context.req.raw.signal, gone.signal, options.gate.signal]),
  };
  const run = async (sender: EventSender) => {
    try {
      sendResult(sender, await options.executor.execute(request, listening(call, sender)));
    } catch (error) {
      options.logger.error("stream call: {error}", { error, requestId: call.requestId });
      sender.send("error", internalFailure(call.requestId));
    } finally {
      release();
    }
  };
  const stream = eventStream(run, {
    heartbeatMs: options.settings.heartbeatMs,
    onGone: () => gone.abort(),
  });
  return new Response(stream, { headers: { "content-type": "text/event-stream" } });
}

function listening(call: CallContext, sender: EventSender): CallContext {
  return {
    ...call,
    onLog: (entry) => sender.send("log", entry),
    onChunk: (value) => sender.send("chunk", value),
    onProgress: (line) => sender.send("progress", { message: line }),
  };
}

function sendResult(sender: EventSender, result: ExecutionResult): void {
  if (result.success) return sender.send("result", result);
  const { requestId } = result.meta;
  sender.send("error", { ...failureBody(result, { requestId }), meta: result.meta });
}

function internalFailure(requestId: string) {
  return failureBody({
    error: "run call: the gateway failed",
    code: "internal",
    stage: "execute",
    executionTimeMs: 0,
  }, { requestId });
}
