import type { LogEntry } from "../../spec/sandbox.ts";
import { stringSlice } from "../guest/primordials.ts";
import type { GuestChannel } from "./guest_channel.ts";

/** Levels of lines that a tool logs; text outside frames has levels of its own. */
export type GuestLogLevel = Exclude<LogEntry["level"], "stdout" | "stderr">;

/**
 * The log lines of one call: sent as they come until its budget is used, then only counted. The
 * gateway does the exact count, in UTF-8; this only keeps a flood from the channel.
 */
export class GuestCallLog {
  readonly #channel: Pick<GuestChannel, "send">;
  readonly #call: number;
  #leftCharacters: number;
  #toldBytes = 0;
  #untoldBytes = 0;

  constructor(
    channel: Pick<GuestChannel, "send">,
    { call, logBytes }: { readonly call: number; readonly logBytes: number },
  ) {
    this.#channel = channel;
    this.#call = call;
    this.#leftCharacters = logBytes;
  }

  write(level: GuestLogLevel, message: string): void {
    const left = this.#leftCharacters;
    // An empty line is worth a character, or a flood of them would have no end.
    const cost = message.length === 0 ? 1 : message.length;
    this.#leftCharacters -= cost;
    if (cost <= left) return this.#send(level, message);
    const kept = left > 0 ? stringSlice(message, 0, left) : "";
    this.#untoldBytes += message.length - kept.length;
    if (kept !== "") this.#send(level, kept);
    // A guest that is killed says nothing more; telling at each doubling costs a few frames.
    if (this.#untoldBytes > this.#toldBytes) this.close();
  }

  /** Tells what was dropped and not yet told. To be called before the call's outcome is sent. */
  close(): void {
    if (this.#untoldBytes === 0) return;
    this.#channel.send({ type: "dropped", call: this.#call, bytes: this.#untoldBytes });
    this.#toldBytes += this.#untoldBytes;
    this.#untoldBytes = 0;
  }

  #send(level: GuestLogLevel, message: string): void {
    this.#channel.send({ type: "log", call: this.#call, level, message });
  }
}
