import { AirlockError } from "../spec/errors.ts";
import type { CallGrant } from "../spec/call_grant.ts";
import type { DeclaredNeeds } from "../spec/artifact.ts";
import type { Limits } from "../spec/limits.ts";
import { intersectPermissions, type Permissions } from "../spec/permissions.ts";

/** What calls get by default and at most. */
export interface CallPolicy {
  readonly defaultPermissions: Permissions;
  readonly permissionCeiling: Permissions;
  readonly defaultLimits: Limits;
  readonly limitCeiling: Limits;
  /** Whether what a package declares is granted by itself. */
  readonly grantDeclared: boolean;
}

/** What a call is judged by: the operator's policy, and what goes with the call. */
export interface GrantedPolicy extends CallPolicy {
  readonly grant?: CallGrant;
}

/**
 * What a call may do: its own `permissions`, else its collection's, else what its package declares
 * where policy grants that, else the default; cut down to the ceilings of the operator and the key.
 *
 * @throws {AirlockError} `permission_denied` when the call asks for something the ceiling excludes
 * entirely, naming the setting that would allow it: a call never runs with less than it asked for
 * without being told.
 */
export function effectivePermissions(
  requested: Partial<Permissions> | undefined,
  declared: DeclaredNeeds,
  policy: GrantedPolicy,
): Permissions {
  const given = policy.grant?.defaults?.permissions;
  const declaredGrant = policy.grantDeclared ? { net: declared.net, fs: declared.fs } : {};
  const wanted: Permissions = {
    net: requested?.net ?? given?.net ?? declaredGrant.net ?? policy.defaultPermissions.net,
    netDirect: requested?.netDirect ?? given?.netDirect ?? policy.defaultPermissions.netDirect,
    fs: requested?.fs ?? given?.fs ?? declaredGrant.fs ?? policy.defaultPermissions.fs,
  };
  const allowed = intersectPermissions(wanted, policy.permissionCeiling);
  refuseLess(requested, allowed, SETTINGS);
  const ceiling = policy.grant?.ceiling?.permissions;
  if (ceiling === undefined) return allowed;
  const granted = intersectPermissions(allowed, ceiling);
  refuseLess(requested, granted, KEY_CEILING);
  return granted;
}

/** @throws {AirlockError} `permission_denied` where a part of `requested` is not in `granted` at all. */
function refuseLess(
  requested: Partial<Permissions> | undefined,
  granted: Permissions,
  allowedBy: AllowedBy,
): void {
  if (requested?.fs === "tmp" && granted.fs !== "tmp") throw denied("fs", "tmp", allowedBy);
  const missing = requested?.netDirect?.find((pair) => !granted.netDirect.includes(pair));
  if (missing !== undefined) throw denied("netDirect", missing, allowedBy);
  const net = requested?.net;
  if (net !== undefined && net !== "none" && granted.net === "none") {
    throw denied("net", typeof net === "string" ? net : net.join(", "), allowedBy);
  }
}

/** How each kind of permission is allowed, in words. */
type AllowedBy = Readonly<Record<keyof Permissions | "who", string>>;

const SETTINGS: AllowedBy = {
  who: "policy",
  fs: "The gateway's operator can allow it with AIRLOCK_ALLOW_FS_TMP=true",
  netDirect: "The gateway's operator can allow it with AIRLOCK_ALLOW_NET_DIRECT",
  net: "The gateway's operator can allow it with AIRLOCK_MAX_NET",
};

const KEY_CEILING: AllowedBy = {
  who: "the API key",
  fs: "Use an API key whose permissions allow a temporary directory",
  netDirect: "Use an API key whose permissions name this host and port",
  net: "Use an API key whose permissions allow these hosts",
};

function denied(what: keyof Permissions, value: string, allowedBy: AllowedBy): AirlockError {
  return new AirlockError(
    "permission_denied",
    `Granting ${what} ${value}: ${allowedBy.who} does not allow it`,
    {
      stage: "request",
      suggestion: allowedBy[what],
      details: { permission: what, value },
    },
  );
}

/**
 * How much a call may use: what it asks for, else its collection's, else what its package declares,
 * else the default; cut to the ceilings of the operator and the key.
 */
export function effectiveLimits(
  requested: Partial<Limits> | undefined,
  declared: Partial<Limits> | undefined,
  policy: GrantedPolicy,
): Limits {
  const { ceiling, defaults } = policy.grant ?? {};
  const pick = (name: keyof Limits) =>
    Math.min(
      requested?.[name] ?? defaults?.limits?.[name] ?? declared?.[name] ??
        policy.defaultLimits[name],
      policy.limitCeiling[name],
      ceiling?.limits?.[name] ?? Infinity,
    );
  return {
    timeoutMs: pick("timeoutMs"),
    memoryBytes: pick("memoryBytes"),
    outputBytes: pick("outputBytes"),
    logBytes: pick("logBytes"),
  };
}
