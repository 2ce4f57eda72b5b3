import type { EgressPort } from "../../spec/egress.ts";
import type { GuestLogLevel } from "../guest_host/guest_call_log.ts";

/** What host functions may use on behalf of one call. */
export interface CallScope {
  readonly env: Readonly<Record<string, string>>;
  readonly egress: EgressPort;
  readonly signal: AbortSignal;
  readonly outputBytes: number;
  readonly log: (level: GuestLogLevel, message: string) => void;
}

/** Ends a plug-in's run from within a host function, as `proc_exit` must. */
export class ExitSignal extends Error {
  override readonly name = "ExitSignal";
  constructor(readonly code: number) {
    super(`exit code ${code}`);
  }
}
