import ts from "typescript";
import { isTest } from "../list_source_paths.ts";
import { commentsOf, type Finding, lineOf, nodesOf, type StyleRule } from "./checked_file.ts";
import { exportedSymbols } from "./exported_symbols.ts";

// Put together, so that this file does not break its own rule.
const UNFINISHED = new RegExp(
  `\\b(${
    ["TO", "FIX", "XX", "HA"].map((start, index) => start + ["DO", "ME", "X", "CK"][index]).join(
      "|",
    )
  })\\b`,
);

/** Nothing unfinished. */
export const checkUnfinished: StyleRule = ({ tree }) => {
  if (tree === undefined) return [];
  return commentsOf(tree).filter(({ text }) => UNFINISHED.test(text)).map(({ line }) => ({
    line,
    rule: "unfinished",
    advice: "do it now, or delete the comment: what is left for later goes into an issue",
  }));
};

/** JSDoc on whatever is exported; one for a block of constants without an empty line inside. */
export const checkJsdoc: StyleRule = ({ path, tree }) => {
  if (tree === undefined || isTest(path) || !path.endsWith(".ts")) return [];
  // Overloads share the words of the first.
  const documented = new Set<string>();
  const findings: Finding[] = [];
  let blockEnd = -1;
  for (const { name, node } of exportedSymbols(tree)) {
    const inBlock = ts.isVariableStatement(node) && node.pos === blockEnd && !leavesLine(node);
    if (inBlock || hasJsdoc(node)) {
      documented.add(name);
      blockEnd = ts.isVariableStatement(node) ? node.end : -1;
    }
    if (documented.has(name)) continue;
    documented.add(name);
    const advice = `${name} is exported without JSDoc: say its contract, units and errors`;
    findings.push({ line: lineOf(node), rule: "jsdoc", advice });
  }
  return findings;
};

function hasJsdoc(node: ts.Statement): boolean {
  return ts.getJSDocCommentsAndTags(node).some(ts.isJSDoc);
}

/** Whether an empty line stands before a statement. */
function leavesLine(node: ts.Statement): boolean {
  return /^[^\S\n]*\n[^\S\n]*\n/.test(node.getFullText());
}

const SWITCHES = /^(sanitizeOps|sanitizeResources|sanitizeExit)$/;

/** Tests run, all of them and with sanitizers, unless a comment says why not. */
export const checkTests: StyleRule = ({ path, tree }) => {
  if (tree === undefined || !isTest(path)) return [];
  const commented = new Set(
    commentsOf(tree).flatMap(({ text, line }) => {
      const last = line + text.split("\n").length - 1;
      return [last, last + 1];
    }),
  );
  return [...nodesOf(tree)].flatMap((node): Finding[] => {
    const line = lineOf(node);
    if (isOnly(node)) {
      return [{ line, rule: "test-only", advice: "`only` leaves all other tests out: remove it" }];
    }
    if (!isSwitchedOff(node) || commented.has(line)) return [];
    const advice = `\`${node.getText()}\` without a reason: give it in a comment on the line above`;
    return [{ line, rule: "test-switched-off", advice }];
  });
};

function isOnly(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) {
    return node.name.text === "only" &&
      /^(Deno\.test|t|it|test|describe)$/.test(node.expression.getText());
  }
  return isProperty(node, /^only$/, ts.SyntaxKind.TrueKeyword);
}

function isSwitchedOff(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) {
    return node.name.text === "ignore" && node.expression.getText() === "Deno.test";
  }
  return isProperty(node, SWITCHES, ts.SyntaxKind.FalseKeyword) ||
    (ts.isPropertyAssignment(node) && node.name.getText() === "ignore" &&
      node.initializer.kind !== ts.SyntaxKind.FalseKeyword);
}

function isProperty(node: ts.Node, name: RegExp, value: ts.SyntaxKind): boolean {
  return ts.isPropertyAssignment(node) && name.test(node.name.getText()) &&
    node.initializer.kind === value;
}
