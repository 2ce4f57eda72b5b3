import { type NetGrant, splitPattern } from "../../spec/permissions.ts";
import { classifyAddress } from "./address_class.ts";

/** Where a request goes: a host as WHATWG URL spells it, without a trailing dot, and a port. */
export interface NetTarget {
  readonly host: string;
  readonly port: number;
}

/**
 * Ports on which HTTP can be made to speak another protocol, after the Fetch standard's list. A
 * grant without a port does not cover them; `host:port` does.
 */
const BAD_PORTS: ReadonlySet<number> = new Set(
  ("1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 " +
    "113 115 117 119 123 135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 " +
    "548 554 556 563 587 601 636 989 990 993 995 1719 1720 1723 2049 3659 4045 4190 5060 5061 " +
    "6000 6566 6665 6666 6667 6668 6669 6679 6697 10080").split(" ").map(Number),
);

/** The target of an `http:` or `https:` URL, with the scheme's own port where it names none. */
export function targetOf(url: URL): NetTarget {
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  return { host: withoutTrailingDot(url.hostname), port };
}

/**
 * Whether `grant` lets a request go to `target`, by name. `public` and patterns without a port
 * cover any port but those of other protocols. What the name resolves to is checked separately.
 */
export function grantCovers(grant: NetGrant, target: NetTarget): boolean {
  if (grant === "none") return false;
  if (grant === "public") return !BAD_PORTS.has(target.port);
  return grant.some((pattern) => patternCovers(pattern, target));
}

/** Whether one `host`, `*.host` or `host:port` pattern covers `target`; malformed ones never do. */
export function patternCovers(pattern: string, target: NetTarget): boolean {
  const { host, port } = splitPattern(pattern);
  if (port === undefined ? BAD_PORTS.has(target.port) : port !== target.port) return false;
  const wildcard = host.startsWith("*.");
  const wanted = normalizeHost(wildcard ? host.slice(2) : host);
  if (wanted === null) return false;
  if (!wildcard) return wanted === target.host;
  // `*.0.0.1` must not cover an address that happens to end so.
  return classifyAddress(target.host) === "invalid" && target.host.endsWith(`.${wanted}`);
}

/** The narrowest pattern that covers `target`: what a refusal suggests. */
export function grantFor(target: NetTarget): string {
  const plain = target.port === 80 || target.port === 443;
  return plain ? target.host : `${target.host}:${target.port}`;
}

/** `host` as a URL parser spells it, without a trailing dot; `null` where it is no bare host. */
export function normalizeHost(host: string): string | null {
  if (host === "" || /[/\\?#@%*\s]/.test(host)) return null;
  const bracketed = host.startsWith("[") && host.endsWith("]");
  const text = !bracketed && classifyAddress(host) !== "invalid" && host.includes(":")
    ? `[${host}]`
    : host;
  const url = URL.parse(`http://${text}/`);
  return url === null || url.port !== "" ? null : withoutTrailingDot(url.hostname);
}

function withoutTrailingDot(host: string): string {
  return host.endsWith(".") ? host.slice(0, -1) : host;
}
