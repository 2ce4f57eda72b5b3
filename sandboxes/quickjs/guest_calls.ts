import { Buffer } from "node:buffer";
import type { CallFailure, HostMessage } from "../protocol/messages.ts";
import { GuestCallLog } from "../guest_host/guest_call_log.ts";
import type { GuestChannel } from "../guest_host/guest_channel.ts";
import type { GuestEgress } from "../guest_host/guest_egress.ts";
import type { CallBegin } from "./guest_call_begin.ts";
import { GuestCollector } from "./guest_collector.ts";
import type { EngineModules } from "./guest_engine.ts";
import type { GuestImage } from "./guest_image.ts";
import type { GuestMemories } from "./guest_memories.ts";
import { GuestInstance } from "./guest_instance.ts";
import { logLevelOf } from "./guest_log_level.ts";
import { InstanceRequests } from "./guest_requests.ts";

/** A `call` message. */
export type CallMessage = Extract<HostMessage, { type: "call" }>;

/** What calls are made in. */
export interface CallsOptions {
  readonly channel: GuestChannel;
  readonly egress: GuestEgress;
  readonly modules: EngineModules;
}

/** What is loaded. */
export interface LoadedImage {
  readonly image: GuestImage;
  readonly memories: GuestMemories;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * How long before the gateway's own deadline a call is interrupted: an interrupted call ends its own
 * instance only, the gateway's kill ends everything in the process.
 */
function marginMs(timeoutMs: number): number {
  return Math.min(timeoutMs / 2, 250, Math.max(30, timeoutMs / 50));
}

/** The calls of this process: each in an instance of its own, restored for it and dropped after it. */
export class InstanceCalls {
  readonly #options: CallsOptions;
  /** `null` while the instance is being restored. */
  readonly #running = new Map<number, GuestInstance | null>();
  readonly #aborted = new Set<number>();
  readonly #collector = new GuestCollector();
  /** The call whose request is being handed to the egress. */
  #asking: number | null = null;

  constructor(options: CallsOptions) {
    this.#options = options;
  }

  /** The call that the egress asks about. */
  current(): number | null {
    return this.#asking;
  }

  abort(call: number): void {
    const instance = this.#running.get(call);
    if (instance === null) this.#aborted.add(call);
    instance?.deliver("abort");
  }

  /** Runs one call to its end; every outcome becomes exactly one frame. */
  async start({ image, memories, env }: LoadedImage, message: CallMessage): Promise<void> {
    const { channel, egress, modules } = this.#options;
    const { call, toolName, params, callId, outputBytes, memoryBytes, timeoutMs } = message;
    const startedMs = performance.now();
    const memory = memories.take();
    this.#running.set(call, null);
    const log = new GuestCallLog(channel, message);
    const requests = new InstanceRequests({
      request: (request, signal) => {
        this.#asking = call;
        return egress.request(request, signal);
      },
    }, (kind, ...details) => this.#running.get(call)?.deliver(kind, ...answerDetails(details)));
    const fail = (failure: CallFailure) => channel.send({ type: "failed", call, failure });
    const end = () => {
      const instance = this.#running.get(call);
      this.#running.delete(call);
      this.#aborted.delete(call);
      requests[Symbol.dispose]();
      log.close();
      if (instance === undefined || instance === null) return;
      const { sizeBytes } = instance;
      instance[Symbol.dispose]();
      // Nothing of the instance runs from here on: a later one begins by overwriting what it left.
      if (!memories.give(memory)) this.#collector.dropped(sizeBytes);
    };
    try {
      const instance = await GuestInstance.create({
        ...{ modules, memory },
        snapshot: image.snapshot,
        memoryBytes,
        endsWhereLacking: true,
        deadlineMs: startedMs + timeoutMs - marginMs(timeoutMs),
        listener: {
          log: (level, text) => log.write(logLevelOf(level), text),
          chunk: (jsonText) => channel.sendChunk(call, jsonText),
          ask: (kind, details) => requests.take(kind, details),
          settle: (outcome, json) => {
            // Restoring is part of what the call costs here.
            const toolMs = performance.now() - startedMs;
            end();
            if (outcome !== "result") return fail(JSON.parse(json));
            // Counted inside as well: the gateway ends the process, and all its calls, for one too long.
            if (Buffer.byteLength(json) <= outputBytes) {
              return channel.sendResult(call, { toolMs, jsonText: json });
            }
            fail({ kind: "output-too-large", limitBytes: outputBytes });
          },
        },
      });
      this.#running.set(call, instance);
      instance.resume(image.deliverToken);
      const begin: CallBegin = {
        ...{ toolName, paramsText: JSON.stringify(params), env, callId, outputBytes },
      };
      instance.deliver("call", JSON.stringify(begin));
      if (this.#aborted.has(call)) instance.deliver("abort");
    } catch (thrown) {
      end();
      fail({
        kind: "engine",
        reason: thrown instanceof Error ? thrown.message : "it did not start",
      });
    }
  }
}

type Details = [id: number, json: string, bytes?: Uint8Array];

function answerDetails(
  [id, json, bytes]: Details,
): [number, string] | [number, string, Uint8Array] {
  return bytes === undefined ? [id, json] : [id, json, bytes];
}
