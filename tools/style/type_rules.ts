import ts from "typescript";
import { type Finding, lineOf, nodesOf, type StyleRule } from "./checked_file.ts";

/** No `any`, and no cast that goes round the type checker. */
export const checkTypes: StyleRule = ({ tree }) => {
  if (tree === undefined) return [];
  const findings: Finding[] = [];
  for (const node of nodesOf(tree)) {
    if (node.kind === ts.SyntaxKind.AnyKeyword) {
      const advice = "`any` switches the checker off: use unknown and parse, or the real type";
      findings.push({ line: lineOf(node), rule: "no-any", advice });
    }
    if (isDoubleCast(node)) {
      const advice = "`as unknown as` hides a mismatch: parse the value, or fix the type";
      findings.push({ line: lineOf(node), rule: "no-double-cast", advice });
    }
  }
  return findings;
};

function isDoubleCast(node: ts.Node): boolean {
  if (!ts.isAsExpression(node)) return false;
  const inner = ts.isParenthesizedExpression(node.expression)
    ? node.expression.expression
    : node.expression;
  return ts.isAsExpression(inner) && inner.type.kind === ts.SyntaxKind.UnknownKeyword;
}
