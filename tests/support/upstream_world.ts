import { checkPlace } from "../../mcp/upstream/check_place.ts";
import { type ConnectTools, connectUpstream } from "../../mcp/upstream/connect_upstream.ts";
import { createCheckedFetch } from "../../mcp/upstream/sign_in/checked_fetch.ts";
import { UPSTREAM_LIMITS, type UpstreamLimits } from "../../mcp/upstream/upstream_limits.ts";
import { UpstreamPool, type UpstreamPoolOptions } from "../../mcp/upstream/upstream_pool.ts";
import type { UpstreamPlace, UpstreamTarget } from "../../mcp/upstream/upstream_target.ts";
import { createEgressBroker } from "../../runtime/egress/egress_broker.ts";
import { createPrivateAllowance } from "../../runtime/egress/private_allowance.ts";
import { killOrphans } from "../../sandboxes/process/orphans.ts";

/** Options of {@linkcode upstreamTools}. */
export interface UpstreamToolsOptions {
  /** Addresses that are not public and yet reachable. */
  readonly allow?: readonly string[];
  readonly commands?: readonly (readonly string[])[];
  readonly limits?: Partial<UpstreamLimits>;
}

/** What connections to servers of tests are opened with: for tests only. */
export function upstreamTools(options: UpstreamToolsOptions = {}): ConnectTools {
  const allowPrivate = options.allow ?? [];
  const broker = createEgressBroker({ allowPrivate, limits: { totalRequests: 1_000 } });
  return {
    openEgress: (grant, deadlineSignal) => broker.open(grant, { deadlineSignal }),
    allowance: createPrivateAllowance(allowPrivate),
    commands: options.commands ?? [],
    childEnv: { PATH: Deno.env.get("PATH") ?? "", HOME: Deno.env.get("HOME") ?? "/" },
    killMarked: (text) => killOrphans({ in: "environ", text }),
    limits: { ...UPSTREAM_LIMITS, ...options.limits },
    version: "0.0.0",
    nowMs: () => performance.now(),
  };
}

/** A pool over such connections. */
export function upstreamPool(
  tools: ConnectTools,
  more: Partial<UpstreamPoolOptions> = {},
): UpstreamPool {
  return new UpstreamPool({
    connect: (place, abilities) => connectUpstream(place, { ...tools, abilities }),
    check: (place) => checkPlace(place, tools),
    checkedFetch: createCheckedFetch(tools),
    limits: tools.limits,
    nowMs: tools.nowMs,
    random: Math.random,
    ...more,
  });
}

/** A server at a URL. */
export function urlPlace(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): UpstreamPlace {
  return { kind: "url", url, transport: null, headers };
}

/** A connection for one of several accounts. */
export function targetOf(place: UpstreamPlace, more: Partial<UpstreamTarget> = {}): UpstreamTarget {
  return { serverId: "srv_1", collectionId: "col_1", tenant: "ten_a", place, ...more };
}
