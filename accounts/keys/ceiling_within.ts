import type { CallCeiling } from "../../spec/account.ts";
import { intersectPermissions } from "../../spec/permissions.ts";

/** `wanted` cut down to `upper`: a key never allows more than whoever made it. */
export function ceilingWithin(wanted: CallCeiling, upper: CallCeiling): CallCeiling {
  const permissions = wanted.permissions && upper.permissions
    ? intersectPermissions(wanted.permissions, upper.permissions)
    : wanted.permissions ?? upper.permissions;
  const runtimes = wanted.runtimes && upper.runtimes
    ? wanted.runtimes.filter((kind) => upper.runtimes?.includes(kind))
    : wanted.runtimes ?? upper.runtimes;
  const limits = { ...upper.limits, ...wanted.limits };
  for (const name of ["timeoutMs", "memoryBytes", "outputBytes", "logBytes"] as const) {
    const [own, most] = [wanted.limits?.[name], upper.limits?.[name]];
    if (own !== undefined && most !== undefined) limits[name] = Math.min(own, most);
  }
  return {
    ...(permissions && { permissions }),
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(runtimes && { runtimes }),
  };
}
