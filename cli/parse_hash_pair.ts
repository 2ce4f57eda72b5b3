import { InvalidArgumentError } from "commander";

/** The first digits of two hashes. */
export interface HashPair {
  /** Of the pin. */
  readonly expected: string;
  /** Of the change. */
  readonly change: string;
}

/**
 * Parses `<pin>..<change>`, as `airlock pins diff` prints it: 12 digits of each or more.
 * @throws {InvalidArgumentError}
 */
export function parseHashPair(text: string): HashPair {
  const [, expected, change] = /^([0-9a-f]{12,64})\.\.([0-9a-f]{12,64})$/.exec(text) ?? [];
  if (expected === undefined || change === undefined) {
    throw new InvalidArgumentError("It is two hashes with .. between them.");
  }
  return { expected, change };
}
