import type { JsonValue } from "../../../spec/json.ts";

/** Lines of either side that are shown. */
const MAX_LINES = 12;
const MAX_LINE_CHARACTERS = 160;
/** Equal lines shown before the first that differs. */
const CONTEXT_LINES = 2;

/**
 * How `other` differs from `reference`, as the lines of their JSON: `-` is only in the reference,
 * `+` only in the other. Bounded, whatever the values are.
 */
export function describeDifference(reference: JsonValue, other: JsonValue): string {
  const [a, b] = [linesOf(reference), linesOf(other)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (
    end < a.length - start && end < b.length - start &&
    a[a.length - 1 - end] === b[b.length - 1 - end]
  ) end += 1;
  const before = a.slice(Math.max(0, start - CONTEXT_LINES), start);
  return [
    ...before.map((line) => `  ${shortened(line)}`),
    ...marked("-", a.slice(start, a.length - end)),
    ...marked("+", b.slice(start, b.length - end)),
  ].join("\n");
}

function linesOf(value: JsonValue): string[] {
  return JSON.stringify(value, null, 1).split("\n");
}

function marked(mark: "-" | "+", lines: readonly string[]): string[] {
  const shown = lines.slice(0, MAX_LINES).map((line) => `${mark} ${shortened(line)}`);
  if (lines.length > MAX_LINES) shown.push(`${mark} … ${lines.length - MAX_LINES} more lines`);
  return shown;
}

function shortened(line: string): string {
  return line.length <= MAX_LINE_CHARACTERS ? line : `${line.slice(0, MAX_LINE_CHARACTERS)}…`;
}
