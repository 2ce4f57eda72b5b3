import type { Config } from "../config.ts";
import type { CallTools } from "../runtime/call/call.ts";

/** What calls may do and use, as configured. */
export function callPolicy(config: Config): Omit<CallTools["policy"], "loadTimeoutMs"> {
  const { policy, limits, pool, defaultSource } = config;
  return {
    defaultPermissions: { net: policy.defaultNet, netDirect: [], fs: "none" },
    permissionCeiling: {
      net: policy.maxNet,
      netDirect: policy.allowNetDirect,
      fs: policy.allowFsTmp ? "tmp" : "none",
    },
    defaultLimits: limits.defaults,
    limitCeiling: limits.ceilings,
    grantDeclared: policy.grantDeclared,
    defaultSource,
    isolationMode: pool.isolationMode,
    callConcurrency: pool.callConcurrency,
  };
}
