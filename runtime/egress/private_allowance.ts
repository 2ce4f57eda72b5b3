import ipaddr from "ipaddr.js";
import { type AddressFace, isIpAddress } from "./address_class.ts";
import { type NetTarget, normalizeHost, patternCovers } from "./net_grant.ts";
import { splitPattern } from "../../spec/permissions.ts";

/** Decides which non-global addresses the operator opened. */
export interface PrivateAllowance {
  /** Whether `face`, reached as `target`, was named by the operator. */
  allows(face: AddressFace, target: NetTarget): boolean;
}

/**
 * Reads the operator's list of non-global destinations: host patterns as in a grant, addresses with
 * or without a port, and CIDR ranges. Host patterns trust whatever the name resolves to, except
 * metadata and link-local addresses: those have to be named as addresses.
 * @throws {TypeError} for an entry that is none of these.
 */
export function createPrivateAllowance(entries: readonly string[]): PrivateAllowance {
  const rules = entries.map(parseEntry);
  return { allows: (face, target) => rules.some((rule) => rule(face, target)) };
}

type Rule = (face: AddressFace, target: NetTarget) => boolean;

function parseEntry(entry: string): Rule {
  if (entry.includes("/")) return cidrRule(entry);
  // A bare IPv6 address would be split at its colons.
  const { host, port } = entry.includes("::") && isIpAddress(entry) && !entry.startsWith("[")
    ? { host: entry, port: undefined }
    : splitPattern(entry);
  if (isIpAddress(host)) {
    const wanted = parseIp(host).toNormalizedString();
    return (face, target) =>
      (port === undefined || port === target.port) && isIpAddress(face.address) &&
      parseIp(face.address).toNormalizedString() === wanted;
  }
  if (normalizeHost(host.startsWith("*.") ? host.slice(2) : host) === null) {
    throw new TypeError(`Read the list of allowed private addresses: "${entry}" is not valid`);
  }
  return (face, target) =>
    face.class !== "metadata" && face.class !== "link-local" && patternCovers(entry, target);
}

function cidrRule(entry: string): Rule {
  if (!ipaddr.isValidCIDR(entry)) {
    throw new TypeError(`Read the list of allowed private addresses: "${entry}" is not a range`);
  }
  const [network, bits] = ipaddr.parseCIDR(entry);
  return (face) => {
    if (!isIpAddress(face.address)) return false;
    const address = parseIp(face.address);
    return address.kind() === network.kind() && address.match(network, bits);
  };
}

function parseIp(address: string): ipaddr.IPv4 | ipaddr.IPv6 {
  return ipaddr.parse(address.startsWith("[") ? address.slice(1, -1) : address);
}
