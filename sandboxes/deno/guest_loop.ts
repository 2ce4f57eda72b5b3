import type { ProbeReport } from "../../spec/sandbox.ts";
import type { GuestLogLevel } from "../guest_host/guest_call_log.ts";
import { describeFailure } from "../guest/tool_failure.ts";
import { FRAME_KINDS, readU32 } from "../protocol/frame.ts";
import type { HostMessage } from "../protocol/messages.ts";
import { GuestChannel } from "../guest_host/guest_channel.ts";
import { installConsole } from "./guest_console.ts";
import { GuestEgress } from "../guest_host/guest_egress.ts";
import { GuestEnvironment } from "./guest_environment.ts";
import { installFetch, installNodeFs, installNodeHttp, installNodeOs } from "./guest_network.ts";
import { overlappingCalls } from "./guest_context.ts";
import { lockDown } from "../guest_host/guest_lockdown.ts";
import { type CallMessage, RunningCalls } from "./guest_calls.ts";
import type { LoadedModule } from "./guest_module.ts";

/** What differs between the guest that serves calls and the one that serves the probe. */
export interface GuestOptions {
  /** Lists the tools of a module; `null` in a guest that never probes. */
  readonly describe: ((module: LoadedModule) => Promise<ProbeReport>) | null;
}

/**
 * The trusted program inside a sandbox process: takes the frame channel for itself, locks the realm
 * down, then loads one module and serves calls of its tools until the gateway goes away.
 *
 * Not to be awaited by a module: one whose evaluation is not over counts as work under way, and the
 * guest would never be seen to be idle.
 */
export function runGuest(options: GuestOptions): void {
  serve(options).catch((error: unknown) => {
    // What the loop itself does can only fail where nothing is left to allocate from.
    if (error instanceof OutOfRange) return exit(HEAP_FULL);
    const { name, message } = describeFailure(error);
    writeError(encode(`guest: ${name}: ${message}\n`));
    exit(1);
  });
}

async function serve(options: GuestOptions): Promise<void> {
  const channel = await GuestChannel.open();
  const calls = new RunningCalls(channel);
  const egress = new GuestEgress(channel, () => calls.current());
  const environment = new GuestEnvironment();
  const write = (level: GuestLogLevel, message: string) =>
    calls.log(calls.current(), { level, message });
  lockDown();
  installConsole(write);
  installFetch(egress);
  environment.install();
  reportStrays(channel, write);
  const guest = new Guest({ channel, calls, egress, environment, describe: options.describe });
  channel.send({ type: "ready" });
  const isIdle = () => guest.isIdle;
  for (;;) {
    const frame = await channel.next(isIdle);
    // The gateway has gone: nothing is left to work for.
    if (frame === null) return exit(0);
    if (frame.kind === FRAME_KINDS.data) {
      egress.onData(readU32(frame.payload, 0), frame.payload.slice(4));
      continue;
    }
    const message = decodeMessage(frame.payload);
    if (!guest.onMessage(message)) egress.onMessage(message);
  }
}

/** The exit code of a process that the engine ended because its memory was used up. */
const HEAP_FULL = 133;

const exit = Deno.exit;
const OutOfRange = RangeError;
const writeError = Deno.stderr.writeSync.bind(Deno.stderr);
const encode = TextEncoder.prototype.encode.bind(new TextEncoder());
const { parse } = JSON;
const decode = TextDecoder.prototype.decode.bind(new TextDecoder());

function decodeMessage(payload: Uint8Array<ArrayBuffer>): HostMessage {
  const message: HostMessage = parse(decode(payload));
  return message;
}

type LoadMessage = Extract<HostMessage, { type: "load" }>;

/** An error nobody handles must not end the process under other calls, but spoils the realm. */
function reportStrays(
  channel: GuestChannel,
  write: (level: GuestLogLevel, message: string) => void,
): void {
  let isSpoiled = false;
  const onStray = (event: Event, thrown: unknown, what: string) => {
    event.preventDefault();
    const { name, message } = describeFailure(thrown);
    write("error", `${what}: ${name}: ${message}`);
    // Once is enough: a tool can make more of these than anyone wants to read.
    if (!isSpoiled) channel.send({ type: "spoiled", reason: `${what}: ${name}` });
    isSpoiled = true;
  };
  addEventListener(
    "unhandledrejection",
    (event) => onStray(event, event.reason, "Unhandled rejection"),
  );
  addEventListener("error", (event) => onStray(event, event.error, "Uncaught error"));
}

interface GuestParts extends GuestOptions {
  readonly channel: GuestChannel;
  readonly calls: RunningCalls;
  readonly egress: GuestEgress;
  readonly environment: GuestEnvironment;
}

/** What happens to the messages that are not about the network. */
class Guest {
  readonly #parts: GuestParts;
  #module: LoadedModule | null = null;
  /** How many things beside calls are being done. */
  #errands = 0;

  constructor(parts: GuestParts) {
    this.#parts = parts;
  }

  /** Whether nothing that the gateway asked for is under way. */
  get isIdle(): boolean {
    return this.#errands === 0 && this.#parts.calls.size === 0;
  }

  /** @returns `false` when the message is not for tools. */
  onMessage(message: HostMessage): boolean {
    switch (message.type) {
      case "load":
        void this.#run(this.#load(message));
        return true;
      case "describe":
        void this.#run(this.#describe());
        return true;
      case "call":
        this.#call(message);
        return true;
      case "abort":
        this.#parts.calls.abort(message.call);
        return true;
      default:
        return false;
    }
  }

  /** Takes note of an errand, which never fails. */
  async #run(errand: Promise<void>): Promise<void> {
    this.#errands++;
    await errand;
    this.#errands--;
  }

  async #load({ url, env, nodeHttp, nodeFs, nodeOs, overlapping }: LoadMessage): Promise<void> {
    const { channel, calls, egress, environment } = this.#parts;
    const startedAt = performance.now();
    environment.fill(env);
    try {
      if (overlapping) calls.context = await overlappingCalls();
      if (nodeHttp) await installNodeHttp(egress);
      if (nodeFs) await installNodeFs();
      if (nodeOs !== null) await installNodeOs(nodeOs);
      // The specifier is a value, not a literal: only then does Deno check read permission for the
      // module and everything it imports. See the ADR on loading.
      const namespace: unknown = await import(url);
      // A module that exports `then` is a promise, which may resolve to anything.
      if (typeof namespace !== "object" || namespace === null) {
        throw new TypeError("the module exports then, which hides what else it exports");
      }
      this.#module = { namespace, env };
      channel.send({ type: "loaded", importMs: performance.now() - startedAt });
    } catch (thrown) {
      channel.send({ type: "load-failed", thrown: describeFailure(thrown) });
    }
  }

  async #describe(): Promise<void> {
    const { channel, describe } = this.#parts;
    try {
      if (this.#module === null || describe === null) throw new Error("nothing was loaded");
      const report = await describe(this.#module);
      channel.send({ type: "described", report });
    } catch (thrown) {
      channel.send({ type: "load-failed", thrown: describeFailure(thrown) });
    }
  }

  #call(message: CallMessage): void {
    if (this.#module !== null) this.#parts.calls.start(this.#module, message);
  }
}
