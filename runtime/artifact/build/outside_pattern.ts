/**
 * A pattern that matches exactly the absolute paths that do not begin with `prefix`. It contains no
 * lookahead, so it also works as an esbuild filter (Go syntax): files inside never cost a round
 * trip to a plug-in. Length grows with the square of the prefix, which is fine for a path.
 */
export function outsidePattern(prefix: string): RegExp {
  const alternatives: string[] = [];
  let before = "";
  for (const char of prefix) {
    alternatives.push(`${before}(?:[^${escapeInClass(char)}]|$)`);
    before += escapeLiteral(char);
  }
  return new RegExp(`^(?:${alternatives.join("|")})`);
}

function escapeInClass(char: string): string {
  return /[\]\\^-]/.test(char) ? `\\${char}` : char;
}

function escapeLiteral(char: string): string {
  return /[\\^$.*+?()[\]{}|]/.test(char) ? `\\${char}` : char;
}
