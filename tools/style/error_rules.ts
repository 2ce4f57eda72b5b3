import ts from "typescript";
import { isTest } from "../list_source_paths.ts";
import { type Finding, lineOf, nodesOf, type StyleRule } from "./checked_file.ts";

/** No error is swallowed without a sentence saying why that is safe, inside or right above. */
export const checkEmptyCatch: StyleRule = ({ tree }) => {
  if (tree === undefined) return [];
  return [...nodesOf(tree)].flatMap((node) => {
    const block = swallowingBlock(node);
    if (block === undefined || block.statements.length > 0) return [];
    if (hasSentence(block.getText()) || hasSentence(commentAbove(node))) return [];
    const advice = "an error is swallowed: say in a comment inside or above why that is safe";
    return [{ line: lineOf(node), rule: "empty-catch", advice }];
  });
};

function hasSentence(text: string): boolean {
  return /\/[/*]\s*[^\s*]+\s+[^\s*]+/.test(text);
}

/** The comments before the statement that a call belongs to, or before the line it begins on. */
function commentAbove(node: ts.Node): string {
  if (!ts.isCallExpression(node)) return "";
  const statement = ts.findAncestor(node, ts.isStatement);
  if (statement === undefined) return "";
  const text = statement.getSourceFile().text;
  const ranges = ts.getLeadingCommentRanges(text, statement.getFullStart()) ?? [];
  return ranges.map(({ pos, end }) => text.slice(pos, end)).join("\n");
}

/** The body of a `catch`, or of the function given to `.catch()`. */
function swallowingBlock(node: ts.Node): ts.Block | undefined {
  if (ts.isCatchClause(node)) return node.block;
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
  const [handler] = node.arguments;
  if (node.expression.name.text !== "catch" || handler === undefined) return undefined;
  const isFunction = ts.isArrowFunction(handler) || ts.isFunctionExpression(handler);
  return isFunction && ts.isBlock(handler.body) ? handler.body : undefined;
}

const COMPARISONS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
]);
const TEXT_TESTS = /^(includes|startsWith|endsWith|match|matchAll|search|indexOf|test|exec)$/;

/** No branch on the words of an error. */
export const checkErrorMessage: StyleRule = ({ path, tree }) => {
  if (tree === undefined || isTest(path)) return [];
  return [...nodesOf(tree)].filter((node) => isErrorMessage(node) && isTested(node))
    .map((node): Finding => ({
      line: lineOf(node),
      rule: "error-message",
      advice: "a branch on an error's words breaks when they change: use its class or code",
    }));
};

function isErrorMessage(node: ts.Node): boolean {
  return ts.isPropertyAccessExpression(node) && node.name.text === "message" &&
    /^(e|err|cause|reason|exception|.*[eE]rror|.*Err)$/.test(node.expression.getText());
}

function isTested(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isBinaryExpression(parent)) return COMPARISONS.has(parent.operatorToken.kind);
  if (ts.isSwitchStatement(parent)) return parent.expression === node;
  if (ts.isPropertyAccessExpression(parent)) {
    return ts.isCallExpression(parent.parent) && TEXT_TESTS.test(parent.name.text);
  }
  return ts.isCallExpression(parent) && ts.isPropertyAccessExpression(parent.expression) &&
    /^(test|exec)$/.test(parent.expression.name.text);
}

/** Messages of our errors have no full stop: suggestions and details come after them. */
export const checkErrorWording: StyleRule = ({ path, tree }) => {
  if (tree === undefined || isTest(path)) return [];
  return [...nodesOf(tree)].flatMap((node): Finding[] => {
    if (!ts.isNewExpression(node) || node.expression.getText() !== "AirlockError") return [];
    const message = node.arguments?.[1];
    if (message === undefined || !/\.["'`]$/.test(message.getText())) return [];
    const advice = "a message is *action: state* without a full stop";
    return [{ line: lineOf(message), rule: "error-wording", advice }];
  });
};
