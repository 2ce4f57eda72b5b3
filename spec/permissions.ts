/**
 * Where HTTP(S) requests may go, through the egress broker: nowhere, any public address, or the
 * listed `host`, `*.host` (any depth below, not the host itself) and `host:port` patterns.
 */
export type NetGrant = "none" | "public" | readonly string[];

/** One entry of a {@linkcode NetGrant} list: `host`, `*.host`, `[v6]`, each with `:port` or without. */
export const NET_PATTERN =
  /^(?:(?:\*\.)?[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/** What one call may do. Everything not granted is refused. */
export interface Permissions {
  readonly net: NetGrant;
  /** `host:port` pairs reachable by raw sockets, where policy allows any at all. */
  readonly netDirect: readonly string[];
  /** `tmp` gives a private, bounded directory that vanishes with the sandbox. */
  readonly fs: "none" | "tmp";
}

/** The default: nothing. */
export const NO_PERMISSIONS: Permissions = { net: "none", netDirect: [], fs: "none" };

/**
 * `wanted` cut down to `ceiling`. A pattern survives where the ceiling lists it, lists a wildcard
 * above it, or is `public`.
 */
export function intersectPermissions(wanted: Permissions, ceiling: Permissions): Permissions {
  return {
    net: intersectNet(wanted.net, ceiling.net),
    netDirect: wanted.netDirect.filter((pair) => ceiling.netDirect.includes(pair)),
    fs: wanted.fs === "tmp" && ceiling.fs === "tmp" ? "tmp" : "none",
  };
}

function intersectNet(wanted: NetGrant, ceiling: NetGrant): NetGrant {
  if (wanted === "none" || ceiling === "none") return "none";
  if (ceiling === "public") return wanted;
  if (wanted === "public") return ceiling;
  const kept = [
    ...wanted.filter((pattern) => ceiling.some((upper) => patternWithin(pattern, upper))),
    ...ceiling.filter((upper) =>
      wanted.some((pattern) => pattern !== upper && patternWithin(upper, pattern))
    ),
  ];
  return kept.length === 0 ? "none" : kept;
}

/** Whether every address that `pattern` covers is covered by `upper`. */
function patternWithin(pattern: string, upper: string): boolean {
  if (pattern === upper) return true;
  const inner = splitPattern(pattern);
  const outer = splitPattern(upper);
  if (outer.port !== undefined && outer.port !== inner.port) return false;
  if (!outer.host.startsWith("*.")) return inner.host === outer.host;
  const suffix = outer.host.slice(1);
  const innerHost = inner.host.startsWith("*.") ? inner.host.slice(1) : inner.host;
  return innerHost.endsWith(suffix);
}

/** Splits `host`, `*.host`, `host:port` or `[v6]:port`; `port` is `undefined` where any will do. */
export function splitPattern(pattern: string): { host: string; port: number | undefined } {
  const match = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(pattern);
  if (match === null) return { host: pattern.toLowerCase(), port: undefined };
  return {
    host: match[1]!.toLowerCase(),
    port: match[2] === undefined ? undefined : Number(match[2]),
  };
}
