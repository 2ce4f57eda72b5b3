import { Buffer } from "node:buffer";
import { GuestChannel } from "../guest_host/guest_channel.ts";
import { GuestEgress } from "../guest_host/guest_egress.ts";
import { lockDown } from "../guest_host/guest_lockdown.ts";
import { FRAME_KINDS, readU32 } from "../protocol/frame.ts";
import type { HostMessage, ThrownValue } from "../protocol/messages.ts";
import { InstanceCalls, type LoadedImage } from "./guest_calls.ts";
import { describeImage } from "./guest_describe.ts";
import type { EngineModules } from "./guest_engine.ts";
import { encodeImage } from "./guest_image.ts";
import { loadImage } from "./guest_load.ts";
import { GuestMemories } from "./guest_memories.ts";
import { LoadFailure } from "./guest_prepare.ts";
import type { GuestSources } from "./guest_sources.ts";
import { warmUp } from "./guest_warm_up.ts";

/** What the program is started with, from files beside it. */
export interface GuestProgramParts {
  readonly modules: EngineModules;
  /** Only read by a process that loads a module itself. */
  readonly loadSources: () => Promise<GuestSources>;
}

/**
 * The trusted program inside a process of QuickJS sandboxes. Tool code runs in instances of the
 * engine and never in this realm; each call has an instance of its own.
 */
export async function runQuickjsGuest(parts: GuestProgramParts): Promise<void> {
  const channel = await GuestChannel.open();
  const egress: GuestEgress = new GuestEgress(channel, () => calls.current());
  const calls = new InstanceCalls({ channel, egress, modules: parts.modules });
  const { exit } = Deno;
  lockDown();
  const guest = new Guest(channel, { ...parts, calls, exit });
  await warmUp(parts.modules);
  channel.send({ type: "ready" });
  for (;;) {
    const frame = await channel.next();
    // The gateway has gone: nothing is left to work for.
    if (frame === null) return exit(0);
    if (frame.kind === FRAME_KINDS.data) {
      egress.onData(readU32(frame.payload, 0), frame.payload.slice(4));
      continue;
    }
    const message: HostMessage = JSON.parse(new TextDecoder().decode(frame.payload));
    if (!guest.onMessage(message)) egress.onMessage(message);
  }
}

/** The exit code of a process that ended itself with SIGTRAP. */
const HEAP_FULL = 133;

interface GuestParts extends GuestProgramParts {
  readonly exit: (code: number) => void;
  readonly calls: InstanceCalls;
}

class Guest {
  readonly #channel: GuestChannel;
  readonly #parts: GuestParts;
  #loaded: LoadedImage | null = null;

  constructor(channel: GuestChannel, parts: GuestParts) {
    this.#channel = channel;
    this.#parts = parts;
  }

  /** @returns `false` when the message is for the egress. */
  onMessage(message: HostMessage): boolean {
    switch (message.type) {
      case "load":
        void this.#load(message);
        return true;
      case "describe":
        void this.#describe();
        return true;
      case "snapshot":
        this.#snapshot();
        return true;
      case "call":
        if (this.#loaded !== null) void this.#parts.calls.start(this.#loaded, message);
        return true;
      case "abort":
        this.#parts.calls.abort(message.call);
        return true;
      default:
        return false;
    }
  }

  async #load({ url, env }: Extract<HostMessage, { type: "load" }>): Promise<void> {
    const startedMs = performance.now();
    try {
      const image = await loadImage(url, { ...this.#parts, env });
      const memories = new GuestMemories(image.snapshot.memory.byteLength);
      this.#loaded = { image, memories, env };
      this.#channel.send({ type: "loaded", importMs: performance.now() - startedMs });
    } catch (thrown) {
      // As V8 itself ends a process whose heap is full: the gateway tells it the same way.
      if (thrown instanceof LoadFailure && thrown.failure.kind === "out-of-memory") {
        return this.#parts.exit(HEAP_FULL);
      }
      this.#channel.send({ type: "load-failed", thrown: thrownValue(thrown) });
    }
  }

  async #describe(): Promise<void> {
    try {
      if (this.#loaded === null) throw new Error("nothing was loaded");
      const report = await describeImage(this.#loaded.image, this.#parts);
      this.#channel.send({ type: "described", report });
    } catch (thrown) {
      this.#channel.send({ type: "load-failed", thrown: thrownValue(thrown) });
    }
  }

  #snapshot(): void {
    if (this.#loaded === null) return;
    const { image } = this.#loaded;
    this.#channel.send({
      type: "snapshotted",
      snapshot: { ...image.facts, base64: Buffer.from(encodeImage(image)).toString("base64") },
    });
  }
}

function thrownValue(thrown: unknown): ThrownValue {
  if (thrown instanceof LoadFailure) {
    const { failure } = thrown;
    if (failure.kind === "threw") return failure.thrown;
    const message = failure.kind === "engine" ? failure.reason : failure.kind;
    return { name: "EngineError", message };
  }
  if (thrown instanceof Error) return { name: thrown.name, message: thrown.message };
  return { name: "Error", message: "loading failed" };
}
