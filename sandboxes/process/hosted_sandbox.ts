import { DEFAULT_LIMITS } from "../../spec/limits.ts";
import type {
  Invocation,
  InvocationHost,
  InvocationReport,
  LoadReport,
  LoadUnit,
  ProbeReport,
  RuntimeKind,
  Sandbox,
  SandboxExit,
  SandboxUsage,
} from "../../spec/sandbox.ts";
import { ActiveCall } from "./active_call.ts";
import { exitError, failureError, notUsable, outputTooLarge, thrownError } from "./call_errors.ts";
import { CallTable } from "./call_table.ts";
import { EgressRelay } from "./egress_relay.ts";
import { type GuestFrame, readGuestFrame } from "./read_guest_frame.ts";
import type { Frame } from "../protocol/frame.ts";
import type { HostedSandboxOptions } from "./hosted_sandbox_options.ts";
import { ToolOutput } from "./tool_output.ts";
import { type ExpectedReply, PendingReply } from "./pending_reply.ts";
import type { GuestMessage, HostMessage, SandboxSnapshot } from "../protocol/messages.ts";
import { SandboxProcess } from "./sandbox_process.ts";
import { loadMessage } from "./load_message.ts";

/** Room in a frame beside results and log lines: message fields, error texts, pieces of bodies. */
const FRAME_SLACK_BYTES = 512 * 1024;

/** Largest state of a loaded module, encoded, that is worth keeping. */
const MAX_SNAPSHOT_BYTES = 96 * 1024 * 1024;

/** How long a process may take to say that it is ready. */
const READY_TIMEOUT_MS = 15_000;

type FrameOf<Type extends GuestFrame["type"]> = Extract<GuestFrame, { type: Type }>;

/**
 * The gateway's end of a sandbox process that speaks the frame protocol, whatever runs inside it.
 * It owns the process; disposing it kills the process and removes its files.
 */
export class HostedSandbox implements Sandbox {
  readonly id: string = crypto.randomUUID();
  readonly runtime: RuntimeKind;
  readonly exited: Promise<SandboxExit>;
  readonly #options: HostedSandboxOptions;
  readonly #process: SandboxProcess;
  readonly #relay: EgressRelay;
  readonly #calls = new CallTable();
  readonly #reply = new PendingReply();
  readonly #output = new ToolOutput(
    this.#calls,
    () => this.#process.kill("protocol", "it flooded its output"),
  );
  #state: "blank" | "loading" | "loaded" | "spoiled" | "ended" = "blank";
  #spoiledBy = "";
  /** Whether the call on whose account it ends has failed for that already. */
  #isTold = false;

  private constructor(options: HostedSandboxOptions) {
    this.runtime = options.runtime;
    this.#options = options;
    const listener = {
      onFrame: (frame: Frame) => this.#onFrame(frame),
      onText: (from: "stdout" | "stderr", text: string) => this.#output.text(from, text),
    };
    this.#process = new SandboxProcess(options.command, {
      listener,
      maxRssBytes: options.maxRssBytes,
      maxFrameBytes: FRAME_SLACK_BYTES,
    });
    this.#relay = new EgressRelay(this.#process);
    this.exited = this.#process.exited.then(async (exit) => {
      this.#state = "ended";
      this.#relay.close();
      this.#calls.failAll(exit, this.#isTold);
      // Files that resist are swept with their directory at the next start; the end is no less one.
      await options.cleanUp().catch(() => {});
      return exit;
    });
  }

  /** Starts a process and waits until its guest is ready. */
  static async start(options: HostedSandboxOptions): Promise<HostedSandbox> {
    const sandbox = new HostedSandbox(options);
    try {
      const expected = { type: "ready", timeoutMs: READY_TIMEOUT_MS, stage: "acquire" } as const;
      await sandbox.#ask(null, expected);
      sandbox.#process.locate();
      return sandbox;
    } catch (error) {
      await sandbox[Symbol.asyncDispose]();
      throw error;
    }
  }

  async load(unit: LoadUnit): Promise<LoadReport> {
    if (this.#state !== "blank") throw notUsable(`it is ${this.#state}`, "load");
    this.#state = "loading";
    const url = await this.#options.place(unit);
    const message = loadMessage(unit, { url, command: this.#options.command });
    const expected = { type: "loaded", timeoutMs: unit.timeoutMs, stage: "load" } as const;
    const reply = await this.#ask(message, expected);
    if (this.#state === "loading") this.#state = "loaded";
    return { importMs: reply.type === "loaded" ? reply.importMs : 0 };
  }

  async describe(timeoutMs: number): Promise<ProbeReport> {
    this.#process.maxFrameBytes = DEFAULT_LIMITS.outputBytes + FRAME_SLACK_BYTES;
    const expected = { type: "described", timeoutMs, stage: "probe" } as const;
    const reply = await this.#ask({ type: "describe" }, expected);
    return reply.type === "described" ? reply.report : NOTHING_FOUND;
  }

  /**
   * The state of what was loaded, from guests that have one to give.
   * @throws {AirlockError} `sandbox_crashed` or `resource_limit` at stage `load`.
   */
  async takeSnapshot(timeoutMs: number): Promise<SandboxSnapshot | null> {
    this.#process.maxFrameBytes = MAX_SNAPSHOT_BYTES + FRAME_SLACK_BYTES;
    const expected = { type: "snapshotted", timeoutMs, stage: "load" } as const;
    const reply = await this.#ask({ type: "snapshot" }, expected);
    return reply.type === "snapshotted" ? reply.snapshot : null;
  }

  async invoke(invocation: Invocation, host: InvocationHost): Promise<InvocationReport> {
    const { limits, toolName, callId, params } = invocation;
    if (this.#state !== "loaded") throw notUsable(`it is ${this.#state}`, "execute");
    const { call } = this.#calls.add((number) => {
      this.#send({ type: "call", call: number, callId, toolName, params, ...limits });
      return new ActiveCall(invocation, host, {
        requestAbort: () => this.#send({ type: "abort", call: number }),
        endSandbox: (reason, detail) => this.#end(number, reason, detail),
      });
    });
    this.#process.maxFrameBytes = this.#calls.maxFrameBytes + FRAME_SLACK_BYTES;
    this.#process.watchMemory();
    return await call.report;
  }

  usage(): Promise<SandboxUsage> {
    return Promise.resolve(this.#process.usage());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("requested", "disposed");
    await this.exited;
  }

  async #ask(message: HostMessage | null, expected: ExpectedReply): Promise<GuestMessage> {
    this.#process.watchMemory();
    const ended = this.#process.exited.then((exit) => {
      throw exitError(exit, { limits: this.#options.limits, stage: expected.stage });
    });
    // The reply may come first; then nobody waits for the end.
    ended.catch(() => {});
    try {
      const reply = await this.#reply.expect(expected, {
        ask: () => message === null || this.#send(message),
        ended,
        onTimeout: (detail) => this.#process.kill("deadline", detail),
      });
      if (reply.type !== "load-failed") return reply;
      const { stage } = expected;
      throw thrownError(reply.thrown, { stage, refused: null, paths: this.#options.command.paths });
    } finally {
      if (this.#calls.size === 0) this.#process.unwatchMemory();
    }
  }

  #onFrame(frame: Frame): void {
    const message = readGuestFrame(frame);
    if (message !== null) return this.#onMessage(message);
    this.#process.kill("protocol", "the guest sent what is no message");
  }

  #onResult({ call: number, toolMs, jsonText, jsonBytes }: FrameOf<"result">): void {
    const call = this.#calls.get(number);
    if (call === undefined) return;
    const { outputBytes } = call.invocation.limits;
    if (jsonBytes > outputBytes) call.fail(outputTooLarge(outputBytes));
    else call.succeed(JSON.parse(jsonText), toolMs);
    this.#finish(number);
  }

  #onChunk({ call: number, jsonText, jsonBytes }: FrameOf<"chunk">): void {
    const call = this.#calls.get(number);
    if (call === undefined || call.chunk(jsonText, jsonBytes)) return;
    call.fail(outputTooLarge(call.invocation.limits.outputBytes));
    this.#end(number, "protocol", "a call streamed more than it may");
  }

  #onMessage(message: GuestFrame): void {
    switch (message.type) {
      case "result":
        return this.#onResult(message);
      case "chunk":
        return this.#onChunk(message);
      case "log":
        return this.#output.line(message);
      case "dropped":
        return this.#calls.ownerOf(message.call)?.log.drop(message.bytes);
      case "failed": {
        const call = this.#calls.get(message.call);
        if (call === undefined) return;
        const { invocation: { toolName, limits }, refused } = call;
        const { paths } = this.#options.command;
        call.fail(failureError(message.failure, { toolName, limits, refused, paths }));
        return this.#finish(message.call);
      }
      case "spoiled":
        this.#state = "spoiled";
        this.#spoiledBy = message.reason;
        return this.#finish(null);
      case "request":
      case "data":
      case "end":
      case "cancel":
      case "credit":
        if (this.#relay.onMessage(message, (call) => this.#calls.ownerOf(call))) return;
        return this.#process.kill("protocol", "a request body was sent without credit");
      default:
        if (this.#reply.settle(message)) return;
        return this.#process.kill("protocol", "the guest said something it was not asked for");
    }
  }

  /** Forgets a settled call; a spoiled sandbox ends with its last one. */
  #finish(number: number | null): void {
    if (number !== null) this.#calls.delete(number);
    if (this.#calls.size > 0) return;
    if (!this.#reply.waiting) this.#process.unwatchMemory();
    if (this.#state === "spoiled") this.#process.kill("exited", this.#spoiledBy);
  }

  #end(number: number, reason: SandboxExit["reason"], detail: string): void {
    this.#calls.delete(number);
    this.#isTold = true;
    this.#process.kill(reason, detail);
  }

  #send(message: HostMessage): void {
    this.#process.sendMessage(message);
  }
}

const NOTHING_FOUND: ProbeReport = { tools: [], otherExports: [], warnings: [] };
