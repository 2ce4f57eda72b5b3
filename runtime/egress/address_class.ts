import ipaddr from "ipaddr.js";

/** What an address is, after the IANA special-purpose registries; only `global` may be reached. */
export type AddressClass =
  | "global"
  | "unspecified"
  | "loopback"
  | "private"
  | "link-local"
  | "carrier-nat"
  | "metadata"
  | "multicast"
  | "broadcast"
  | "documentation"
  | "benchmarking"
  | "unique-local"
  | "site-local"
  | "translated"
  | "reserved"
  | "invalid";

/** One meaning of an address: itself, or the IPv4 address that a translator would make of it. */
export interface AddressFace {
  readonly address: string;
  readonly class: AddressClass;
}

type Row<T> = readonly [T, number, AddressClass];

// First match wins, so single metadata addresses stand before the ranges that hold them.
const IPV4_ROWS = [
  ["169.254.169.254/32", "metadata"], // AWS, Google, Azure, Oracle, DigitalOcean, OpenStack
  ["169.254.170.2/32", "metadata"], // AWS container credentials
  ["169.254.170.23/32", "metadata"], // AWS EKS pod identity
  ["100.100.100.200/32", "metadata"], // Alibaba
  ["192.0.0.192/32", "metadata"], // Oracle, classic
  ["168.63.129.16/32", "metadata"], // Azure wire server, inside otherwise global space
  ["0.0.0.0/8", "unspecified"],
  ["10.0.0.0/8", "private"],
  ["100.64.0.0/10", "carrier-nat"],
  ["127.0.0.0/8", "loopback"],
  ["169.254.0.0/16", "link-local"],
  ["172.16.0.0/12", "private"],
  ["192.0.0.0/24", "reserved"],
  ["192.0.2.0/24", "documentation"],
  ["192.88.99.0/24", "translated"], // 6to4 relays
  ["192.168.0.0/16", "private"],
  ["198.18.0.0/15", "benchmarking"],
  ["198.51.100.0/24", "documentation"],
  ["203.0.113.0/24", "documentation"],
  ["224.0.0.0/4", "multicast"],
  ["255.255.255.255/32", "broadcast"],
  ["240.0.0.0/4", "reserved"],
] as const;

const IPV6_ROWS = [
  ["fd00:ec2::254/128", "metadata"], // AWS
  ["fd20:ce::254/128", "metadata"], // Google
  ["fd00:42::42/128", "metadata"], // Scaleway
  ["::/128", "unspecified"],
  ["::1/128", "loopback"],
  ["::/96", "translated"], // IPv4-compatible
  ["::ffff:0:0/96", "translated"], // IPv4-mapped
  ["::ffff:0:0:0/96", "translated"], // IPv4-translated (SIIT)
  ["64:ff9b::/96", "translated"], // NAT64
  ["64:ff9b:1::/48", "translated"], // NAT64, local use
  ["2002::/16", "translated"], // 6to4
  ["2001::/32", "translated"], // Teredo
  ["2001:db8::/32", "documentation"],
  ["3fff::/20", "documentation"],
  ["2001:2::/48", "benchmarking"],
  ["2001::/23", "reserved"],
  ["fc00::/7", "unique-local"],
  ["fe80::/10", "link-local"],
  ["fec0::/10", "site-local"],
  ["ff00::/8", "multicast"],
] as const;

const IPV4_TABLE: readonly Row<ipaddr.IPv4>[] = IPV4_ROWS.map(([cidr, name]) => [
  ...ipaddr.IPv4.parseCIDR(cidr),
  name,
]);
const IPV6_TABLE: readonly Row<ipaddr.IPv6>[] = IPV6_ROWS.map(([cidr, name]) => [
  ...ipaddr.IPv6.parseCIDR(cidr),
  name,
]);
// Only this block has been handed out as global unicast; everything outside it is refused.
const IPV6_GLOBAL = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * Classifies an IPv4 address in dotted decimal or an IPv6 address, bare or in brackets. Other
 * spellings (octal, `127.1`, names) are `invalid`: a URL parser turns them into one of these first.
 */
export function classifyAddress(address: string): AddressClass {
  const bare = unbracket(address);
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return classifyIpv4(ipaddr.IPv4.parse(bare));
  if (!bare.includes(":") || !ipaddr.IPv6.isValid(bare)) return "invalid";
  const parsed = ipaddr.IPv6.parse(bare);
  for (const [network, bits, name] of IPV6_TABLE) if (parsed.match(network, bits)) return name;
  if (isIsatap(parsed)) return "translated";
  return parsed.match(IPV6_GLOBAL) ? "global" : "reserved";
}

/**
 * Everything that reaching `address` may mean: the address, and the IPv4 address embedded in it
 * where it is a translated form. A rule has to hold for every face.
 */
export function addressFaces(address: string): readonly AddressFace[] {
  const outer = { address, class: classifyAddress(address) };
  if (outer.class !== "translated" || !address.includes(":")) return [outer];
  return [outer, ...embeddedIpv4(ipaddr.IPv6.parse(unbracket(address)))];
}

/** Whether `value` is an IP address in one of the forms that {@linkcode classifyAddress} reads. */
export function isIpAddress(value: string): boolean {
  return classifyAddress(value) !== "invalid";
}

function classifyIpv4(address: ipaddr.IPv4): AddressClass {
  for (const [network, bits, name] of IPV4_TABLE) if (address.match(network, bits)) return name;
  return "global";
}

/** ISATAP interface identifiers are `0000:5efe` or `0200:5efe` followed by an IPv4 address. */
function isIsatap(address: ipaddr.IPv6): boolean {
  return (address.parts[4]! & 0xfdff) === 0 && address.parts[5] === 0x5efe;
}

function embeddedIpv4(address: ipaddr.IPv6): AddressFace[] {
  const bytes = address.toByteArray();
  const first = address.parts[0];
  const found: number[][] = [];
  if (first === 0x2002) found.push(bytes.slice(2, 6));
  else if (first === 0x2001) found.push(bytes.slice(4, 8), bytes.slice(12).map((b) => b ^ 0xff));
  else if (first === 0x64 && address.parts[2] === 1) {
    // RFC 6052 §2.2: with a /48 the IPv4 address surrounds a zero octet; longer prefixes end in it.
    found.push([bytes[6]!, bytes[7]!, bytes[9]!, bytes[10]!], bytes.slice(12));
  } else found.push(bytes.slice(12));
  return found.map((octets) => {
    const ipv4 = new ipaddr.IPv4(octets);
    return { address: ipv4.toString(), class: classifyIpv4(ipv4) };
  });
}

function unbracket(address: string): string {
  return address.startsWith("[") && address.endsWith("]") ? address.slice(1, -1) : address;
}
