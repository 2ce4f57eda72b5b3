import { AirlockError } from "../spec/errors.ts";

/** Oldest Deno whose known sandbox escapes are mended. */
export const LEAST_DENO = "2.9.6";

/** Whether `version` of Deno is at least {@linkcode LEAST_DENO}; pre-releases count as their base. */
export function isSafeDeno(version: string): boolean {
  const parts = version.split(/[.+-]/).map(Number);
  const difference = LEAST_DENO.split(".").map((least, index) =>
    (parts[index] ?? 0) - Number(least)
  )
    .find((part) => part !== 0);
  return (difference ?? 0) >= 0;
}

/** @throws {AirlockError} `no_runtime` when `version` has known sandbox escapes. */
export function requireDeno(version: string): void {
  if (isSafeDeno(version)) return;
  throw new AirlockError("no_runtime", `Starting: Deno ${version} has known sandbox escapes`, {
    suggestion: `Use Deno ${LEAST_DENO} or newer`,
  });
}
