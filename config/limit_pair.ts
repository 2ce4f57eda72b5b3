import { DEFAULT_LIMITS, LIMIT_CEILINGS, type Limits } from "../spec/limits.ts";

/** A limit's default and ceiling, as text in `unit`. */
export function limitPair(name: keyof Limits, unit: number): [string, string] {
  return [String(DEFAULT_LIMITS[name] / unit), String(LIMIT_CEILINGS[name] / unit)];
}
