import ts from "typescript";
import { isTest } from "../list_source_paths.ts";
import { type Finding, lineOf, nodesOf, type StyleRule } from "./checked_file.ts";

/** Whether a file runs inside a sandbox, where the environment is the tool's. */
function isGuest(path: string): boolean {
  return /(^|\/)(guest|shims)\//.test(path) || /(^|[_/])guest[_.]/.test(path);
}

/** The environment is read in `config.ts` only. */
export const checkEnvironment: StyleRule = ({ path, tree }) => {
  if (tree === undefined || path === "config.ts" || isTest(path) || isGuest(path)) return [];
  if (/^(bench|tools)\//.test(path)) return [];
  return [...nodesOf(tree)].filter(readsEnvironment).map((node): Finding => ({
    line: lineOf(node),
    rule: "environment",
    advice: "the environment is read in config.ts only: take the value as an argument",
  }));
};

function readsEnvironment(node: ts.Node): boolean {
  if (ts.isImportSpecifier(node)) {
    const from = node.parent.parent.parent.moduleSpecifier.getText().slice(1, -1);
    return (node.propertyName ?? node.name).text === "env" && /^(node:)?process$/.test(from);
  }
  return ts.isPropertyAccessExpression(node) && node.name.text === "env" &&
    /^(globalThis\.)?(Deno|process)$|^import\.meta$/.test(node.expression.getText());
}

/** No state, timer or connection belongs to a module. */
export const checkModuleState: StyleRule = ({ path, tree }) => {
  if (tree === undefined || isTest(path) || isGuest(path) || /^(bench|tools)\//.test(path)) {
    return [];
  }
  return tree.statements.filter(holdsState).map((node) => ({
    line: lineOf(node),
    rule: "module-state",
    advice: "state at module level is shared by all: put it into what a factory returns",
  }));
};

function holdsState(node: ts.Statement): boolean {
  if (ts.isExpressionStatement(node)) return startsTimer(node.expression);
  if (!ts.isVariableStatement(node)) return false;
  const { flags, declarations } = node.declarationList;
  const isConstant = (flags & ts.NodeFlags.Const) !== 0;
  return !isConstant || declarations.some(({ initializer, type }) => {
    if (initializer === undefined) return false;
    return (isEmptyCollection(initializer) && !isReadonly(type)) || startsTimer(initializer);
  });
}

/** What nobody can fill stays empty. */
function isReadonly(type: ts.TypeNode | undefined): boolean {
  return type !== undefined && /^readonly\b|^Readonly/.test(type.getText());
}

/** Empty at first, so meant to be filled; one with contents is a table. */
function isEmptyCollection(node: ts.Expression): boolean {
  if (ts.isArrayLiteralExpression(node)) return node.elements.length === 0;
  return ts.isNewExpression(node) && /^(Weak)?(Map|Set)$/.test(node.expression.getText()) &&
    (node.arguments ?? []).length === 0;
}

function startsTimer(node: ts.Expression): boolean {
  return ts.isCallExpression(node) &&
    /^(globalThis\.)?(setInterval|setTimeout|Deno\.(connect|listen|serve))$/
      .test(node.expression.getText());
}

const MAX_POSITIONAL = 2;

/** Exported functions take two positional arguments at most, then options. */
export const checkParameters: StyleRule = ({ path, tree }) => {
  if (tree === undefined || isTest(path) || !path.endsWith(".ts") || path.endsWith(".d.ts")) {
    return [];
  }
  return tree.statements.filter(isExportedStatement).flatMap(functionsOf)
    .filter(({ parameters }) => takesTooMany(parameters))
    .map((node) => ({
      line: lineOf(node),
      rule: "parameters",
      advice: `${node.parameters.length} arguments: at most two, then one options object`,
    }));
};

function isExportedStatement(node: ts.Statement): boolean {
  return ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

function functionsOf(node: ts.Statement): ts.FunctionLikeDeclaration[] {
  if (ts.isFunctionDeclaration(node)) return [node];
  if (ts.isClassDeclaration(node)) return node.members.filter(isPublicMethod);
  if (!ts.isVariableStatement(node)) return [];
  return node.declarationList.declarations.map(({ initializer }) => initializer)
    .filter((value) => value !== undefined)
    .filter((value) => ts.isArrowFunction(value) || ts.isFunctionExpression(value));
}

function isPublicMethod(
  member: ts.ClassElement,
): member is ts.MethodDeclaration | ts.ConstructorDeclaration {
  if (ts.isConstructorDeclaration(member)) return true;
  return ts.isMethodDeclaration(member) && !ts.isPrivateIdentifier(member.name);
}

function takesTooMany(parameters: readonly ts.ParameterDeclaration[]): boolean {
  const own = parameters.filter(({ name }) => name.getText() !== "this");
  const third = own[MAX_POSITIONAL];
  if (third === undefined) return false;
  return own.length > MAX_POSITIONAL + 1 || !isOptions(third);
}

/** By its syntax: a pattern, an object type, or a named type, which has to be trusted. */
function isOptions({ name, type }: ts.ParameterDeclaration): boolean {
  if (ts.isObjectBindingPattern(name)) return true;
  if (type === undefined) return false;
  return ts.isTypeReferenceNode(type) || ts.isTypeLiteralNode(type) ||
    ts.isIntersectionTypeNode(type);
}
