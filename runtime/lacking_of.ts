import type { CodeUse } from "../spec/artifact.ts";
import { AirlockError } from "../spec/errors.ts";

/** What a tool used that its runtime has not; `null` where it failed by something else. */
export function lackingOf(error: unknown): string | null {
  if (!(error instanceof AirlockError) || error.code !== "no_runtime") return null;
  const { lacking } = error.details;
  return typeof lacking === "string" ? lacking : null;
}

/**
 * What everybody may be told of it. The name comes from the sandbox of one caller, where tool code
 * could have put his data into it: only what stands in the package's own code is repeated.
 */
export function lackingWords(lacking: string, { nodeBuiltins, globals }: CodeUse): string {
  const known = [...nodeBuiltins.map((name) => `node:${name}`), ...globals];
  if (known.includes(lacking)) return `it uses ${lacking}`;
  const name = known.find((name) => lacking.startsWith(`${name} `));
  return `it uses ${name === undefined ? "something" : `a part of ${name}`}`;
}
