import { hash } from "node:crypto";
import type { Caller } from "../spec/account.ts";
import { readKey, readSender } from "./credentials.ts";
import { hasDigest } from "./keys/has_digest.ts";
import type { KeyVerifier } from "./keys/verify_key.ts";
import type { OwnerDoor } from "./owner_door.ts";
import { ANONYMOUS_CALLER, OWNER_CALLER } from "./owner_caller.ts";

/** Who stands behind a session; `null` where it is none, or no longer. */
export type FindSession = (token: string) => Promise<Caller | null>;

/** What callers are known by. */
export interface AuthenticateOptions {
  /** The one key of the configuration. */
  readonly ownerKey: string | undefined;
  /** Whether only this machine can connect, so that no key is asked for before there are users. */
  readonly trustsMachine: boolean;
  readonly keys: Pick<KeyVerifier, "verify">;
  readonly door: Pick<OwnerDoor, "isClosed">;
  readonly findSession: FindSession;
  /** Called before somebody is looked for who may be in a database that is not open yet. */
  readonly wake?: () => Promise<void> | undefined;
}

/**
 * Finds out who sends a request from its headers; without a promise where its key is in memory.
 * @throws {AirlockError} `unauthenticated` for keys that are not valid: they are never overlooked;
 * `upstream_failed` and `rate_limited` where it cannot be found out now. By throwing or by rejecting.
 */
export type Authenticate = (headers: Headers) => Caller | Promise<Caller>;

/** Makes an {@linkcode Authenticate}. */
export function createAuthenticate(options: AuthenticateOptions): Authenticate {
  const { ownerKey, trustsMachine, keys, door, findSession, wake } = options;
  const isOwnerKey = ownerKey === undefined ? () => false : sameText(ownerKey);
  const withoutKey = async (headers: Headers): Promise<Caller> => {
    const { session, forwarded } = readSender(headers);
    const isAtMachine = trustsMachine && ownerKey === undefined && !forwarded;
    if (session === undefined && !isAtMachine) return ANONYMOUS_CALLER;
    await wake?.();
    // Before there are users there are no sessions.
    if (!await door.isClosed()) return isAtMachine ? OWNER_CALLER : ANONYMOUS_CALLER;
    return session === undefined
      ? ANONYMOUS_CALLER
      : await findSession(session) ?? ANONYMOUS_CALLER;
  };
  return (headers) => {
    const key = readKey(headers);
    if (key === undefined) return withoutKey(headers);
    if (isOwnerKey(key)) return OWNER_CALLER;
    const waking = wake?.();
    return waking === undefined ? keys.verify(key) : waking.then(() => keys.verify(key));
  };
}

/** Compares digests: neither length nor place of a difference shows in the time it takes. */
function sameText(expected: string): (given: string) => boolean {
  const digest = hash("sha256", expected, "hex");
  return (given) => hasDigest(given, digest);
}
