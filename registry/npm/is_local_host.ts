/**
 * Whether a URL's host is, as written, this machine or a private network. Names are not resolved:
 * this keeps a registry from steering requests by redirect, it is not the egress check.
 */
export function isLocalHost(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, "");
  if (host.startsWith("[")) return true; // registries have names; a literal IPv6 address is not one
  if (host === "localhost" || /\.(localhost|local|internal)$/.test(host)) return true;
  const octets = /^(\d+)\.(\d+)\.\d+\.\d+$/.exec(host);
  if (octets === null) return false;
  const first = Number(octets[1]);
  const second = Number(octets[2]);
  return first === 0 || first === 10 || first === 127 || first >= 224 ||
    (first === 100 && second >= 64 && second < 128) || (first === 169 && second === 254) ||
    (first === 172 && second >= 16 && second < 32) || (first === 192 && second === 168);
}
