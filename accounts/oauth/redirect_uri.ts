/** Longest redirect URI that is taken. */
const MAX_CHARACTERS = 2_000;

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "[::1]", "localhost"]);

/**
 * Schemes of known clients beside those that hold a domain name (RFC 8252 §7.1). A list of what is
 * allowed: some schemes that a system knows start programs.
 */
const CLIENT_SCHEMES: ReadonlySet<string> = new Set([
  ...["claude:", "cursor:", "goose:", "kiro:", "raycast:", "trae:", "vscode:", "vscode-insiders:"],
  ...["vscodium:", "warp:", "windsurf:", "zed:"],
]);

/**
 * Whether a client may be sent back to that address: HTTPS, HTTP of its own machine, or a scheme of its
 * own.
 */
export function isRedirectUri(text: string): boolean {
  if (text.length > MAX_CHARACTERS || !/^[\x21-\x7e]+$/.test(text)) return false;
  const url = URL.parse(text);
  if (url === null || text.includes("#") || url.username !== "" || url.password !== "") {
    return false;
  }
  if (url.protocol === "https:") return true;
  if (url.protocol === "http:") return LOOPBACK.has(url.hostname);
  const isOwn = CLIENT_SCHEMES.has(url.protocol) ||
    /^[a-z0-9-]+(?:\.[a-z0-9-]+)+:$/.test(url.protocol);
  return isOwn && text.length > url.protocol.length + 1;
}

/**
 * Whether what a client asks for is what it registered: to the letter, but for the port of an address
 * on the person's own machine, which is whatever was free (RFC 8252 §7.3).
 */
export function matchesRedirectUri(registered: string, asked: string): boolean {
  if (!isRedirectUri(asked)) return false;
  if (registered === asked) return true;
  const [one, other] = [loopbackUrl(registered), loopbackUrl(asked)];
  return one !== undefined && one === other;
}

/** Where somebody is sent, in words for them: a host, or the scheme of a program. */
export function redirectHost(uri: string): string {
  const url = new URL(uri);
  return url.protocol === "https:" || url.protocol === "http:" ? url.host : url.protocol;
}

/** Whether the address is of the machine that the browser runs on. */
export function isOnOwnMachine(uri: string): boolean {
  return loopbackUrl(uri) !== undefined;
}

/** Such an address without its port; `undefined` for others. */
function loopbackUrl(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || url.protocol !== "http:" || !LOOPBACK.has(url.hostname)) return undefined;
  url.port = "";
  return url.href;
}
