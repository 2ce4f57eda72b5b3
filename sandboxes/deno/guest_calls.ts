import { failureOf } from "../guest/call_failure.ts";
import { callTool } from "../guest/call_tool.ts";
import { findTool } from "../guest/find_tool.ts";
import type { FoundTool } from "../guest/found_tool.ts";
import { settleResult } from "../guest/settle_result.ts";
import type { HostMessage } from "../protocol/messages.ts";
import { GuestCallLog, type GuestLogLevel } from "../guest_host/guest_call_log.ts";
import type { GuestChannel } from "../guest_host/guest_channel.ts";
import { type CallContext, SINGLE_CALL } from "./guest_context.ts";
import type { LoadedModule } from "./guest_module.ts";

/** A `call` message. */
export type CallMessage = Extract<HostMessage, { type: "call" }>;

interface GuestLogLine {
  readonly level: GuestLogLevel;
  readonly message: string;
}

interface Running {
  readonly abort: AbortController;
  readonly log: GuestCallLog;
}

/** What is sent of a line that no running call is known to have written. */
const UNOWNED_LINE_CHARACTERS = 16 * 1024;

const now = performance.now.bind(performance);

/** The calls running in this guest, and whose log lines and requests are whose. */
export class RunningCalls {
  readonly #channel: GuestChannel;
  /** How calls are told apart; set before the first of them. */
  context: CallContext = SINGLE_CALL;
  readonly #running = new Map<number, Running>();
  readonly #found = new Map<string, Promise<FoundTool>>();

  constructor(channel: GuestChannel) {
    this.#channel = channel;
  }

  /** How many are running. */
  get size(): number {
    return this.#running.size;
  }

  /** The call that the running code belongs to; `null` outside any, or where it cannot be told. */
  current(): number | null {
    if (this.#running.size === 1) return this.#only;
    return this.context.current();
  }

  /** The one call that is running. */
  get #only(): number | null {
    const [call] = this.#running.keys();
    return call ?? null;
  }

  /** Runs one call to its end; every outcome becomes exactly one frame. */
  start(module: LoadedModule, message: CallMessage): void {
    const { call, logBytes } = message;
    const running: Running = {
      abort: new AbortController(),
      log: new GuestCallLog(this.#channel, { call, logBytes }),
    };
    this.#running.set(call, running);
    this.context.run(call, () => void this.#run(module, message, running));
  }

  abort(call: number): void {
    this.#running.get(call)?.abort.abort();
  }

  /** Sends a log line, as long as its call may still log. */
  log(call: number | null, { level, message }: GuestLogLine): void {
    const running = call === null ? undefined : this.#running.get(call);
    if (running !== undefined) return running.log.write(level, message);
    const start = message.slice(0, UNOWNED_LINE_CHARACTERS);
    this.#channel.send({ type: "log", call, level, message: start });
  }

  async #run(module: LoadedModule, message: CallMessage, running: Running): Promise<void> {
    const { call, toolName, params, callId, outputBytes } = message;
    const startedAt = now();
    const declaredEnv = Object.keys(module.env);
    const context = { env: module.env, declaredEnv };
    try {
      const found = await this.#find(module, toolName);
      const outcome = await callTool(found, params, {
        ...context,
        signal: running.abort.signal,
        callId,
      });
      const jsonText = await settleResult(outcome, {
        maxBytes: outputBytes,
        signal: running.abort.signal,
        onChunk: (text) => this.#channel.sendChunk(call, text),
      });
      running.log.close();
      this.#channel.sendResult(call, { toolMs: now() - startedAt, jsonText });
    } catch (thrown) {
      running.log.close();
      this.#channel.send({ type: "failed", call, failure: failureOf(thrown) });
    } finally {
      this.#running.delete(call);
    }
  }

  /** Finding a tool may mean running a factory, so it is done once for each name. */
  #find(module: LoadedModule, toolName: string): Promise<FoundTool> {
    const known = this.#found.get(toolName);
    if (known !== undefined) return known;
    const declaredEnv = Object.keys(module.env);
    const found = findTool(module.namespace, toolName, { env: module.env, declaredEnv });
    this.#found.set(toolName, found);
    return found;
  }
}
