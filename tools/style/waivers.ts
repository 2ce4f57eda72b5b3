import type { Finding } from "./checked_file.ts";

/**
 * Exceptions, each with its reason: a comment `style-ok <rule>: <reason>` on the same line or the
 * line above; in the first three lines of a file it counts for all of it.
 */
export function withoutWaived(findings: readonly Finding[], text: string): Finding[] {
  const waived = text.split("\n").flatMap((line, index) => {
    const match = /style-ok ([a-z-]+): \S+ \S+/.exec(line);
    return match === null ? [] : [{ rule: match[1], line: index + 1 }];
  });
  return findings.filter(({ rule, line }) =>
    !waived.some((waiver) =>
      waiver.rule === rule &&
      (waiver.line <= 3 || waiver.line === line || waiver.line === line - 1)
    )
  );
}
