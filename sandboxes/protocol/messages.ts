import type { JsonValue } from "../../spec/json.ts";
import type { LogEntry, ProbeReport } from "../../spec/sandbox.ts";

/**
 * Messages between a gateway and a guest, as JSON in frames of kind `message`. `call` numbers calls
 * within one sandbox; `stream` numbers egress requests. Both are chosen by their first sender.
 */
export type HostMessage =
  | {
    readonly type: "load";
    /** Absolute URL of the module, as the guest sees it. */
    readonly url: string;
    readonly env: Readonly<Record<string, string>>;
    /** Whether `node:http` and `node:https` must reach the network through the gateway. */
    readonly nodeHttp: boolean;
    /** Whether `node:fs` must not throw where Node's does not. */
    readonly nodeFs: boolean;
    /** What `node:os` is to say; `null` where the code does not use it. */
    readonly nodeOs: { readonly tmpDirectory: string } | null;
    /** Whether calls may overlap, so that their output must be told apart. */
    readonly overlapping: boolean;
  }
  | { readonly type: "describe" }
  /** Asks for the state of a loaded module, in kinds of sandbox that have one. */
  | { readonly type: "snapshot" }
  | {
    readonly type: "call";
    readonly call: number;
    readonly callId: string;
    readonly toolName: string;
    readonly params: JsonValue;
    readonly outputBytes: number;
    /** For engines that count them themselves; the process is bounded all the same. */
    readonly memoryBytes: number;
    readonly timeoutMs: number;
    /** Log text that is worth sending; the guest only counts what comes after. */
    readonly logBytes: number;
  }
  | { readonly type: "abort"; readonly call: number }
  | {
    readonly type: "response";
    readonly stream: number;
    readonly status: number;
    readonly statusText: string;
    readonly headers: readonly (readonly [string, string])[];
    readonly url: string;
    readonly redirected: boolean;
    readonly hasBody: boolean;
  }
  | { readonly type: "end"; readonly stream: number }
  | { readonly type: "refused"; readonly stream: number; readonly failure: EgressFailure }
  | { readonly type: "credit"; readonly stream: number; readonly bytes: number };

/** Why an egress request or its body failed, as a tool may know it. */
export interface EgressFailure {
  readonly code: string;
  readonly message: string;
  readonly suggestion?: string;
}

/** The state of a loaded module: what it is to be restored from, and what is known of it. */
export interface SandboxSnapshot {
  readonly base64: string;
  /** Names of the environment that the module asked for while it loaded. */
  readonly readsEnv: readonly string[];
  readonly exports: readonly string[];
}

/** A thrown value, made plain and bounded. */
export interface ThrownValue {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

/** How a call failed inside the guest. */
export type CallFailure =
  | { readonly kind: "threw"; readonly thrown: ThrownValue }
  | { readonly kind: "not-found"; readonly available: readonly string[] }
  | { readonly kind: "invalid-input"; readonly issues: readonly InputIssue[] }
  | { readonly kind: "not-encodable"; readonly path: string; readonly reason: string }
  | { readonly kind: "output-too-large"; readonly limitBytes: number }
  /** Its engine had no more memory to give. */
  | { readonly kind: "out-of-memory" }
  /** Its engine was interrupted: the time was up. */
  | { readonly kind: "overdue" }
  /** It used something that its engine has not. */
  | { readonly kind: "lacking"; readonly what: string }
  /** Its engine gave up. */
  | { readonly kind: "engine"; readonly reason: string };

/** One thing wrong with the parameters. */
export interface InputIssue {
  readonly path: string;
  readonly message: string;
}

/** Messages from a guest. Results and streamed items travel in frames of their own kind. */
export type GuestMessage =
  | { readonly type: "ready" }
  | { readonly type: "loaded"; readonly importMs: number }
  | { readonly type: "load-failed"; readonly thrown: ThrownValue }
  | { readonly type: "described"; readonly report: ProbeReport }
  | { readonly type: "snapshotted"; readonly snapshot: SandboxSnapshot }
  | { readonly type: "failed"; readonly call: number; readonly failure: CallFailure }
  | {
    readonly type: "log";
    /** `null` outside any call: while loading, or from work left behind. */
    readonly call: number | null;
    readonly level: LogEntry["level"];
    readonly message: string;
  }
  | { readonly type: "dropped"; readonly call: number; readonly bytes: number }
  /** Something happened after which the realm cannot be trusted with another call. */
  | { readonly type: "spoiled"; readonly reason: string }
  | {
    readonly type: "request";
    readonly call: number | null;
    readonly stream: number;
    readonly method: string;
    readonly url: string;
    readonly headers: readonly (readonly [string, string])[];
    readonly hasBody: boolean;
    readonly redirect: "follow" | "error" | "manual";
  }
  | { readonly type: "end"; readonly stream: number }
  | { readonly type: "cancel"; readonly stream: number }
  | { readonly type: "credit"; readonly stream: number; readonly bytes: number };

/** Bytes of a body that may be under way in one direction before the receiver asks for more. */
export const STREAM_WINDOW_BYTES = 256 * 1024;
