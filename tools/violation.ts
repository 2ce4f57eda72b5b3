/** One thing that a check found wrong. */
export interface Violation {
  /** Relative to the root of the checkout, with `/`. */
  readonly path: string;
  /** From 1; 0 where the whole file is meant. */
  readonly line: number;
  /** Name of the rule. */
  readonly rule: string;
  /** What is wrong and what to do. */
  readonly advice: string;
}

/** One line for a person and an editor: `path:line: rule: advice`. */
export function formatViolation({ path, line, rule, advice }: Violation): string {
  return `${path}:${Math.max(line, 1)}: ${rule}: ${advice}`;
}

/** Prints violations in order of their place. @returns The exit code. */
export function reportViolations(
  violations: readonly Violation[],
  { print, checked }: { readonly print: (line: string) => void; readonly checked: string },
): number {
  const sorted = [...violations].sort((a, b) =>
    a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1
  );
  for (const violation of sorted) print(formatViolation(violation));
  print(violations.length === 0 ? `${checked}: ok` : `${checked}: ${violations.length} violations`);
  return violations.length === 0 ? 0 : 1;
}
