import type { Caller, Scope } from "../spec/account.ts";
import { type Action, needOf, type Resource, SHAREABLE_KINDS, SHARED_ACTIONS } from "./resource.ts";

/** Why something is not allowed. */
export type Denial =
  /** The caller must not learn that it exists. */
  | { readonly reason: "invisible" }
  /** A key with this scope could. */
  | { readonly reason: "scope"; readonly scope: Scope }
  /** Only who looks after the account can. */
  | { readonly reason: "account" }
  /** It is seen because it is public; it belongs to somebody else. */
  | { readonly reason: "not-owner" }
  /** Nobody does this with such a thing. */
  | { readonly reason: "no-such-action" };

/** The answer of {@linkcode authorise}. */
export type Decision = { readonly allowed: true } | ({ readonly allowed: false } & Denial);

/**
 * Whether `caller` may do `action` with `resource`. The one rule for lists, searches, descriptions,
 * calls and logs; `visibleTo` says the same to the database. Looks at nothing but its arguments.
 */
export function authorise(caller: Caller, action: Action, resource: Resource): Decision {
  if (!isVisible(caller, resource)) return { allowed: false, reason: "invisible" };
  const need = needOf(resource.kind, action);
  if (need === "nobody") return { allowed: false, reason: "no-such-action" };
  if (need === "account") {
    return caller.managesAccount === true && owns(caller, resource)
      ? { allowed: true }
      : { allowed: false, reason: "account" };
  }
  if (!caller.scopes.has(need)) return { allowed: false, reason: "scope", scope: need };
  const isOwn = owns(caller, resource) || resource.kind === "system";
  // Packages of the registry are nobody's, and looked after by whoever looks after the system.
  const isCommon = resource.tenant === null && need === "admin";
  if (!isOwn && !isCommon && !SHARED_ACTIONS.has(action)) {
    return { allowed: false, reason: "not-owner" };
  }
  return { allowed: true };
}

/** Whether `caller` may know of `resource` at all. */
export function isVisible(caller: Caller, resource: Resource): boolean {
  if (!withinCollections(caller, resource)) return false;
  if (resource.kind === "system") return true;
  if (owns(caller, resource)) return true;
  return SHAREABLE_KINDS.has(resource.kind) && resource.visibility === "public";
}

/** Nothing belongs to nobody in particular: what anonymous callers see is what everybody sees. */
function owns(caller: Caller, resource: Resource): boolean {
  return caller.kind !== "anonymous" && resource.tenant === caller.tenant;
}

/** A key that is held to collections sees those, and what is reached through them. */
function withinCollections(caller: Caller, { kind, collectionId }: Resource): boolean {
  if (caller.collections === null || kind === "system") return true;
  return collectionId !== undefined && caller.collections.includes(collectionId);
}
