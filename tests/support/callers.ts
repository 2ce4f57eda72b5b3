import { ANONYMOUS_TENANT, type Caller, LOCAL_TENANT, SCOPES } from "../../spec/account.ts";

/** A key's caller of tenant `ten_a` with every scope but `admin`, changed as told: for tests only. */
export function keyCaller(more: Partial<Caller> = {}): Caller {
  return {
    kind: "key",
    tenant: "ten_a",
    userId: null,
    keyId: "key_a",
    scopes: new Set(SCOPES.filter((scope) => scope !== "admin")),
    collections: null,
    ceiling: {},
    tier: "FREE",
    ...more,
  };
}

/** Somebody who is signed in and looks after tenant `ten_a`. */
export function userCaller(more: Partial<Caller> = {}): Caller {
  return {
    ...keyCaller(),
    kind: "user",
    userId: null,
    keyId: null,
    managesAccount: true,
    ...more,
  };
}

/** Whoever has the machine. */
export function ownerCaller(): Caller {
  return userCaller({ kind: "owner", tenant: LOCAL_TENANT, scopes: new Set(SCOPES) });
}

/** Nobody that is known. */
export function anonymousCaller(more: Partial<Caller> = {}): Caller {
  return keyCaller({
    kind: "anonymous",
    tenant: ANONYMOUS_TENANT,
    keyId: null,
    scopes: new Set(["tools:read", "collections:read"] as const),
    ...more,
  });
}
