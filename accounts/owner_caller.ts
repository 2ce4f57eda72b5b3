import { ANONYMOUS_TENANT, type Caller, LOCAL_TENANT, SCOPES } from "../spec/account.ts";

/** Whoever has the machine or the key of its configuration: may do everything that is not another's. */
export const OWNER_CALLER: Caller = {
  kind: "owner",
  tenant: LOCAL_TENANT,
  userId: null,
  keyId: null,
  scopes: new Set(SCOPES),
  collections: null,
  ceiling: {},
  tier: "ENTERPRISE",
  managesAccount: true,
};

/** Nobody that is known: sees what is public. */
export const ANONYMOUS_CALLER: Caller = {
  kind: "anonymous",
  tenant: ANONYMOUS_TENANT,
  userId: null,
  keyId: null,
  scopes: new Set(["tools:read", "collections:read"]),
  collections: null,
  ceiling: {},
  tier: "FREE",
};
