import type { Caller, Scope } from "../spec/account.ts";
import { AirlockError } from "../spec/errors.ts";
import { authorise, type Denial } from "./authorise.ts";
import type { Action, Resource } from "./resource.ts";

/**
 * Lets through what {@linkcode authorise} allows.
 * @throws {AirlockError} `tool_not_found` or `not_found` where the caller must not know of it, exactly
 * as where it is not there; `unauthenticated` where nobody is signed in; else `permission_denied`.
 */
export function requirePermission(caller: Caller, action: Action, resource: Resource): void {
  const decision = authorise(caller, action, resource);
  if (!decision.allowed) throw denialError(caller, decision, resource);
}

/** The error of something that is not there, or that must look so. */
export function notFound(kind: Resource["kind"] | "user" | "account" | "grant"): AirlockError {
  const code = kind === "tool" || kind === "package" ? "tool_not_found" : "not_found";
  return new AirlockError(code, `find ${kind}: there is none of that name`, {
    stage: "request",
    suggestion: "Check the name or id, and that the key is of the account that has it.",
  });
}

/** The error of a scope that is not held: who is known is told which, who is not is asked to say. */
export function missingScope(caller: Caller, scope: Scope): AirlockError {
  if (caller.kind === "anonymous") return signInFirst();
  return new AirlockError("permission_denied", `check permission: scope ${scope} is missing`, {
    stage: "request",
    suggestion: `Use a key with the scope ${scope}.`,
    details: { scope },
  });
}

/** The error of looking after an account with something else than a session. */
export function missingAccount(caller: Caller): AirlockError {
  if (caller.kind === "anonymous") return signInFirst();
  return new AirlockError("permission_denied", "check permission: this is for the account itself", {
    stage: "request",
    suggestion: "Sign in as somebody who looks after the account: keys cannot do this.",
  });
}

/** The error of a request that nobody stands behind. */
export function signInFirst(): AirlockError {
  return new AirlockError("unauthenticated", "authenticate: no key was sent", {
    stage: "request",
    suggestion: "Send an API key as authorization: Bearer <key> or x-api-key: <key>, or sign in.",
  });
}

function denialError(caller: Caller, denial: Denial, { kind }: Resource): AirlockError {
  switch (denial.reason) {
    case "invisible":
      return notFound(kind);
    case "scope":
      return missingScope(caller, denial.scope);
    case "account":
      return missingAccount(caller);
    case "not-owner":
      return new AirlockError("permission_denied", `check permission: the ${kind} is another's`, {
        stage: "request",
        suggestion: `Make a copy of the ${kind} and change that.`,
      });
    case "no-such-action":
      return new AirlockError("permission_denied", `check permission: not done with a ${kind}`, {
        stage: "request",
      });
  }
}
