import { VARIABLE_NAMES } from "./variables.ts";

/** The variables that Airlock reads, as they are set. Empty values count as unset. */
export function ownVariables(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const own: Record<string, string> = {};
  for (const name of VARIABLE_NAMES) {
    const value = environment[name]?.trim();
    if (value !== undefined && value !== "") own[name] = value;
  }
  return own;
}
