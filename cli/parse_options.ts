import { InvalidArgumentError } from "commander";
import { NET_PATTERN, type NetGrant } from "../spec/permissions.ts";

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Parses `1500`, `500ms`, `10s`, `2m`, `1h` or `7d` to milliseconds; a bare number is milliseconds. */
export function parseDurationMs(text: string): number {
  const match = /^(\d{1,12})(ms|s|m|h|d)?$/.exec(text);
  const ms = match === null ? 0 : Number(match[1]) * UNIT_MS[match[2] ?? "ms"]!;
  if (ms > 0) return ms;
  throw new InvalidArgumentError("needs a time such as 500ms, 10s or 2m");
}

/** Parses `1500`, `64KB`, `100MB` or `2GB` to bytes. */
export function parseSizeBytes(text: string): number {
  const match = /^(\d{1,15})(?:(k|m|g)?b?)$/i.exec(text);
  const power = match === null ? 0 : ["", "k", "m", "g"].indexOf((match[2] ?? "").toLowerCase());
  if (match !== null) return Number(match[1]) * 1024 ** power;
  throw new InvalidArgumentError("needs a size such as 500MB or 2GB");
}

/** Parses `none`, `public` or hosts separated by commas. */
export function parseNetGrant(text: string): NetGrant {
  if (text === "none" || text === "public") return text;
  const hosts = text.split(",").map((host) => host.trim());
  if (hosts.every((host) => NET_PATTERN.test(host))) return hosts;
  throw new InvalidArgumentError("needs none, public, or hosts separated by commas");
}

/** A package as the command line names it. */
export interface PackageTarget {
  readonly packageName: string;
  readonly version?: string;
}

/** Splits `name`, `@scope/name`, each with a `/subpath`, `@version`, both or neither. */
export function parsePackage(text: string): PackageTarget {
  const match = /^((?:@[^@/\s]+\/)?[^@/\s]+(?:\/[^@/\s]+)*)(?:@(\S+))?$/.exec(text);
  if (match === null) throw new InvalidArgumentError("needs a package such as name or name@1.2.3");
  return match[2] === undefined
    ? { packageName: match[1]! }
    : { packageName: match[1]!, version: match[2] };
}

/** Adds `NAME=value` to what was given before. */
export function collectEnv(
  text: string,
  before: Readonly<Record<string, string>>,
): Record<string, string> {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/.exec(text);
  if (match === null) throw new InvalidArgumentError("needs NAME=value");
  return { ...before, [match[1]!]: match[2]! };
}

/** Adds one more word to those given before. */
export function collectWord(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}
