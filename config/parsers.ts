import { isIP } from "node:net";
import { z } from "zod";
import { NET_PATTERN, type NetGrant } from "../spec/permissions.ts";

/** Parses a whole number within bounds, from text. */
export function wholeNumber(min: number, max: number) {
  return z.string().transform((text, context): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    context.addIssue({ code: "custom", message: `needs a whole number from ${min} to ${max}` });
    return z.NEVER;
  });
}

/** Parses `true`, `false`, `1`, `0`, `yes`, `no`, `on` or `off`. */
export function yesOrNo() {
  return z.string().transform((text, context): boolean => {
    const lower = text.toLowerCase();
    if (["true", "1", "yes", "on"].includes(lower)) return true;
    if (["false", "0", "no", "off"].includes(lower)) return false;
    context.addIssue({ code: "custom", message: "needs true or false" });
    return z.NEVER;
  });
}

/** Parses a comma-separated list of items that all fit; empty text is an empty list. */
export function listOf(fits: (item: string) => boolean, shape: string) {
  return z.string().transform((text, context): readonly string[] => {
    const items = text.split(",").map((item) => item.trim()).filter((item) => item !== "");
    // Which, not what: an item may hold a secret, such as a password in a URL.
    const wrong = items.flatMap((item, index) => fits(item) ? [] : [`item ${index + 1}`]);
    if (wrong.length === 0) return items;
    context.addIssue({ code: "custom", message: `needs ${shape}; wrong: ${wrong.join(", ")}` });
    return z.NEVER;
  });
}

const HOST_PORT_PATTERN = /^(?:[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?|\[[0-9a-f:.]+\]):\d{1,5}$/i;

/** Whether a string is `host:port` with both present. */
export function isHostPort(item: string): boolean {
  return HOST_PORT_PATTERN.test(item) && isPlace(item);
}

/** Whether a string is an address or a CIDR block. */
export function isAddressBlock(item: string): boolean {
  const [address, prefix, ...more] = item.split("/");
  const family = isIP(address!);
  const most = family === 4 ? 32 : 128;
  return family !== 0 && more.length === 0 &&
    (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= most));
}

/** Whether a string is a host pattern such as a grant has, an address, or a CIDR block. */
export function isPrivatePlace(item: string): boolean {
  return isAddressBlock(item) || (!item.includes("/") && isNetPattern(item));
}

/** Whether a string is an origin exactly as browsers write it. */
export function isWebOrigin(item: string): boolean {
  return /^https?:[^*]+$/.test(item) && URL.parse(item)?.origin === item;
}

/** A word of its own in a list, such as `public,a.example`, would silently be a host's name. */
function isNetPattern(item: string): boolean {
  return !/^(?:none|public)$/i.test(item) && NET_PATTERN.test(item) && isPlace(item);
}

/** Patterns leave addresses such as `999.1.1.1` and ports such as 99999 to be found out here. */
function isPlace(item: string): boolean {
  return URL.canParse(`http://${item.replace(/^\*\./, "")}`);
}

/** Parses `none`, `public` or a comma-separated list of host patterns. */
export function netGrant() {
  return z.string().transform((text, context): NetGrant => {
    if (text === "none" || text === "public") return text;
    const parsed = listOf(isNetPattern, "hosts").safeParse(text);
    if (parsed.success && parsed.data.length > 0) return parsed.data;
    context.addIssue({
      code: "custom",
      message: "needs none, public, or a comma-separated list of hosts",
    });
    return z.NEVER;
  });
}

/**
 * Parses an absolute `http:` or `https:` URL without credentials, query or fragment; with `query`, it
 * may have one.
 */
export function webUrl({ query = false }: { readonly query?: boolean } = {}) {
  return z.string().transform((text, context): string => {
    const url = URL.parse(text);
    const ok = url !== null && ["http:", "https:"].includes(url.protocol) &&
      url.username === "" && url.password === "" && (query || url.search === "") && url.hash === "";
    if (ok) return url.href;
    context.addIssue({
      code: "custom",
      message: `needs an http or https URL without credentials${
        query ? "" : ", query"
      } or fragment`,
    });
    return z.NEVER;
  });
}

/** Parses a `postgres:` or `postgresql:` URL with one host and the name of a database. */
export function databaseUrl() {
  return z.string().transform((text, context): string => {
    const url = URL.parse(text);
    const ok = url !== null && /^postgres(?:ql)?:$/.test(url.protocol) &&
      !url.hostname.includes(",") && url.pathname.length > 1;
    if (ok) return text;
    context.addIssue({
      code: "custom",
      message: "needs postgres://user:password@host:port/name, with one host",
    });
    return z.NEVER;
  });
}

/** Parses a `redis:` or `rediss:` URL, with the number of a database or none. */
export function redisUrl() {
  return z.string().transform((text, context): string => {
    const url = URL.parse(text);
    const ok = url !== null && /^rediss?:$/.test(url.protocol) && url.hostname !== "" &&
      !url.hostname.includes(",") && /^\/?\d*$/.test(url.pathname) && url.search === "";
    if (ok) return text;
    context.addIssue({
      code: "custom",
      message: "needs redis://user:password@host:port/number, or rediss:// for TLS",
    });
    return z.NEVER;
  });
}

/** Parses an origin: a web address without a path. */
export function webOrigin() {
  return webUrl().transform((href, context): string => {
    const { origin, pathname } = new URL(href);
    if (pathname === "/") return origin;
    context.addIssue({ code: "custom", message: "needs an address without a path" });
    return z.NEVER;
  });
}

/** Parses the address of an executor: {@linkcode webUrl} without a slash at its end. */
export function executorUrl() {
  return webUrl().transform((href) => href.replace(/\/+$/, ""));
}

/** Checks a key of 32 bytes, written in base64 or in hex. */
export function keyOf32Bytes() {
  return z.string().refine(
    (text) => bytesOfKey(text) !== undefined,
    "needs 32 bytes in base64 or hex",
  );
}

/** The bytes of a key that {@linkcode keyOf32Bytes} lets through; `undefined` for other text. */
export function bytesOfKey(text: string): Uint8Array | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Uint8Array.fromHex(text);
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return undefined;
  return Uint8Array.fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
}
