/** What a request without a key says about who sends it. */
export interface Sender {
  /** The signed token of a session. */
  readonly session: string | undefined;
  /** Whether something between sender and gateway says so: then the sender is not on this machine. */
  readonly forwarded: boolean;
}

/** Name of the cookie that holds a session, without the prefix that HTTPS adds. */
export const SESSION_COOKIE = "airlock.session_token";

/** Longer ones are nobody's. */
const MAX_COOKIE_CHARACTERS = 8_192;
const MAX_SESSION_CHARACTERS = 512;

const FORWARDING_HEADERS = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];

/**
 * The API key of a request, or something that should be one. `authorization` goes before `x-api-key`.
 */
export function readKey(headers: Headers): string | undefined {
  const authorization = headers.get("authorization");
  const bearer = /^bearer +(\S.*)$/i.exec(authorization ?? "")?.[1];
  return bearer ?? headers.get("x-api-key") ?? (authorization === null ? undefined : "");
}

/** Reads who sends a request that has no key: where it has one, nothing else counts. */
export function readSender(headers: Headers): Sender {
  return {
    session: sessionCookie(headers.get("cookie") ?? ""),
    forwarded: FORWARDING_HEADERS.some((name) => headers.has(name)),
  };
}

function sessionCookie(cookies: string): string | undefined {
  if (cookies.length > MAX_COOKIE_CHARACTERS) return undefined;
  for (const cookie of cookies.split(";")) {
    const [name, value] = splitOnce(cookie.trim());
    const isSession = name.replace(/^__(?:Secure|Host)-/, "") === SESSION_COOKIE;
    if (isSession && value !== "" && value.length <= MAX_SESSION_CHARACTERS) return value;
  }
  return undefined;
}

function splitOnce(cookie: string): [string, string] {
  const at = cookie.indexOf("=");
  return at < 0 ? [cookie, ""] : [cookie.slice(0, at), cookie.slice(at + 1)];
}
