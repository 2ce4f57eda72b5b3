import { createHash } from "node:crypto";

/** Lines longer than this were not written by hand. */
const LONG = 500;
/** Characters shown of what is still longer after it was broken. */
const SHOWN = 200;

/**
 * Code as it can be compared line by line: long lines are broken where statements and members end, and
 * what is still long is cut and given its hash, so that no change in it goes unseen.
 */
export function readableLines(text: string): string {
  if (!text.split("\n").some((line) => line.length > LONG)) return text;
  return text.split("\n").flatMap((line) => line.length > LONG ? broken(line) : [line]).join("\n");
}

function broken(line: string): string[] {
  return line.replaceAll(/([;{}]|,(?=["'\w$]))(?=.)/g, "$1\n").split("\n").map(shortened);
}

function shortened(part: string): string {
  if (part.length <= LONG) return part;
  const hash = createHash("sha256").update(part).digest("hex").slice(0, 16);
  return `${part.slice(0, SHOWN)}… (${part.length} characters, ${hash})`;
}
