/**
 * Address ranges that raw sockets never reach unless the operator named the very address. Deno
 * checks these after name resolution; it knows no IPv6 ranges, so single IPv6 addresses stand here
 * and the rest is left to the network (ADR on raw sockets).
 */
const PRIVATE_RANGES: readonly string[] = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "[::]",
  "[::1]",
];

/**
 * The ranges to deny to a process that may reach `grantedHosts`: all private ones, less those that
 * hold an address which was granted literally (policy has already allowed it).
 */
export function deniedRanges(grantedHosts: readonly string[]): string[] {
  return PRIVATE_RANGES.filter((range) => !grantedHosts.some((host) => covers(range, host)));
}

function covers(range: string, host: string): boolean {
  if (range.startsWith("[")) return range === host;
  const [base, bits] = range.split("/");
  const address = ipv4(host);
  const network = ipv4(base!);
  if (address === null || network === null) return false;
  const shift = 32 - Number(bits);
  return Math.floor(address / 2 ** shift) === Math.floor(network / 2 ** shift);
}

function ipv4(text: string): number | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part))) return null;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}
