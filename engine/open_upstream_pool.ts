import type { Config, Environment } from "../config.ts";
import { checkPlace } from "../mcp/upstream/check_place.ts";
import { type ConnectTools, connectUpstream } from "../mcp/upstream/connect_upstream.ts";
import { createCheckedFetch } from "../mcp/upstream/sign_in/checked_fetch.ts";
import { UPSTREAM_LIMITS } from "../mcp/upstream/upstream_limits.ts";
import { UpstreamPool } from "../mcp/upstream/upstream_pool.ts";
import { createEgressBroker } from "../runtime/egress/egress_broker.ts";
import { createPrivateAllowance } from "../runtime/egress/private_allowance.ts";
import { killOrphans } from "../sandboxes/process/orphans.ts";

/** What servers that are started here get of the gateway's environment. */
const CHILD_VARIABLES = ["PATH", "HOME", "USER", "LANG", "TMPDIR", "TZ"];

/** Requests at a time over one connection: each call takes one, and the server's own stream another. */
const CONCURRENT_REQUESTS = 256;

/** Connections to other MCP servers, as configured. Opens none yet. */
export function openUpstreamPool(
  { policy: { netAllowPrivate }, mcp }: Pick<Config, "policy" | "mcp">,
  { environment, version }: { readonly environment: Environment; readonly version: string },
): UpstreamPool {
  const limits = UPSTREAM_LIMITS;
  const broker = createEgressBroker({
    allowPrivate: netAllowPrivate,
    limits: { concurrentRequests: CONCURRENT_REQUESTS },
  });
  const nowMs = () => performance.now();
  const tools: ConnectTools = {
    openEgress: (grant, deadlineSignal) => broker.open(grant, { deadlineSignal }),
    allowance: createPrivateAllowance(netAllowPrivate),
    commands: mcp.stdioCommands,
    childEnv: childEnvironment(environment),
    killMarked: (text) => killOrphans({ in: "environ", text }),
    ...{ limits, version, nowMs },
  };
  return new UpstreamPool({
    connect: (place, abilities) => connectUpstream(place, { ...tools, abilities }),
    check: (place) => checkPlace(place, tools),
    checkedFetch: createCheckedFetch(tools),
    ...{ limits, nowMs, random: Math.random },
  });
}

function childEnvironment(environment: Environment): Record<string, string> {
  return Object.fromEntries(CHILD_VARIABLES.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value]];
  }));
}
