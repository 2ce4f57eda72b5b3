/**
 * What the program around an engine instance gives to the code inside it. The functions are handed to
 * the prelude once and kept in its closures: tool code never sees them. All of them are synchronous,
 * take and give plain values, and none of them throws for arguments of the right types.
 */
export interface HostBridge {
  log(level: string, message: string): void;
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Asks for one `wake` after `delayMs`, in place of any asked for before; negative: for none. */
  wake(delayMs: number): void;
  /** At most 65,536 bytes from the system's generator. */
  random(length: number): Uint8Array<ArrayBuffer>;
  /** Starts something that is answered later with `answer` or `refuse` for the same `id`. */
  ask(kind: AskKind, ...details: [id: number, json: string, bytes: Uint8Array]): void;
  /** The digest (`key` empty) or HMAC of `bytes`; nothing for an algorithm that the host has not. */
  hash(
    algorithm: string,
    ...data: [key: Uint8Array, isKeyed: boolean, bytes: Uint8Array]
  ): Uint8Array<ArrayBuffer> | undefined;
  /** Answers a question about locales: JSON of `{ value }` or `{ error }`. */
  intl(question: string): string;
  /** Compares texts by the collation that the key names; `NaN` where there is none. */
  compare(key: string, ...texts: [text: string, other: string]): number;
  /** Text of bytes (`how`: `fatal` or `replace`), or, without `how`, the name of an encoding. */
  decode(label: string, ...data: [how: string, bytes: Uint8Array]): string | undefined;
  /** A key from a secret (`pbkdf2`, `hkdf`, `scrypt`); nothing where it cannot be made. */
  derive(
    json: string,
    ...data: [secret: Uint8Array, salt: Uint8Array, info: Uint8Array]
  ): Uint8Array<ArrayBuffer> | undefined;
  /** Code uses something that is not here; a call ends with that. Not while loading. */
  lacking(what: string): void;
  /** The end of loading, of a description or of a call. */
  settle(outcome: Outcome, json: string): void;
  chunk(jsonText: string): void;
}

/** What can be asked of the host. */
export type AskKind = "request" | "send" | "end" | "read" | "cancel";

/** How something ended: `result` carries JSON of what was asked for, `failed` of a failure. */
export type Outcome = "result" | "failed";

/** What the prelude gives in exchange: the only way in. */
export type Deliver = (kind: string, ...details: unknown[]) => void;

declare global {
  /** The bridge, as the prelude's wrapper function is given it: a parameter, never a global. */
  const airlockBridge: HostBridge;
}
