import ipaddr from "ipaddr.js";

/** Most proxies that a request may have come through: beyond, the last one that was looked at counts. */
const MAX_HOPS = 16;

/** Bits of an IPv6 address that tell networks apart: one household or machine has all of the rest. */
const NETWORK_BITS = 64;

/** What a request says of where it comes from. */
export interface RequestHops {
  /** Of the other end of the connection. */
  readonly peer: string;
  /** `X-Forwarded-For`: each proxy adds whom it was asked by, at the end. */
  readonly forwardedFor: string | null;
}

/** Finds whoever a request comes from. */
export type FindClientAddress = (hops: RequestHops) => string;

/**
 * Goes back from the connection as long as whoever speaks is one of `trustedProxies`, addresses or CIDR
 * blocks: what stands further left in the header anybody may have written.
 */
export function createFindClientAddress(trustedProxies: readonly string[]): FindClientAddress {
  const blocks = trustedProxies.map((block) => {
    if (block.includes("/")) return ipaddr.parseCIDR(block);
    const address = ipaddr.parse(block);
    return [address, address.kind() === "ipv4" ? 32 : 128] as const;
  });
  const isTrusted = (text: string) => {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    return blocks.some(([network, bits]) =>
      network.kind() === address.kind() && address.match([network, bits])
    );
  };
  return ({ peer, forwardedFor }) => {
    if (forwardedFor === null || blocks.length === 0) return peer;
    const hops = forwardedFor.split(",").slice(-MAX_HOPS).map(withoutPort).reverse();
    let speaker = peer;
    for (const hop of hops) {
      if (!isTrusted(speaker) || !ipaddr.isValid(hop)) break;
      speaker = hop;
    }
    return speaker;
  };
}

/** What counts as one caller: an IPv4 address, or the network of an IPv6 address. */
export function addressGroup(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${NETWORK_BITS}`);
  return `${network.toString()}/${NETWORK_BITS}`;
}

function withoutPort(hop: string): string {
  const text = hop.trim();
  return /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
}
