import type { AnyNode } from "acorn";
import { type Place, walkTree } from "./syntax_tree.ts";

/** What esbuild's `keepNames` calls for every function: it sets the function's own `name`. */
const HELPER = "__name";
const HELPER_CODE =
  /^\(target, value\) => __defProp\(target, "name", \{ value, configurable: !0 \}\)$/;

/**
 * Takes the calls of esbuild's `__name` out of a bundle where the language gives the function that
 * name anyway. They run each time the function is made: a package that makes many, such as a parser
 * with its state in a closure, is twice as fast without. Functions that the bundler renamed keep
 * theirs. The length of the text, and so every position in it, stays the same.
 *
 * Does nothing where `__name` might be something else than the helper.
 */
export function withoutNaturalNames(text: string, root: AnyNode): string {
  const calls: Place[] = [];
  let helpers = 0;
  for (const place of walkTree(root)) {
    const { node, key, parent } = place;
    if (node.type !== "Identifier" || node.name !== HELPER || parent === null) continue;
    if (isPropertyName(place)) continue;
    if (parent.node.type === "CallExpression" && key === "callee") calls.push(parent);
    else if (isHelper(parent, text)) helpers++;
    else return text;
  }
  if (helpers !== 1) return text;
  return blanked(text, calls.flatMap((call) => superfluous(call)));
}

function isPropertyName({ key, parent }: Place): boolean {
  const holder = parent?.node;
  if (holder?.type === "MemberExpression") return key === "property" && !holder.computed;
  if (holder?.type === "Property") return key === "key" && !holder.computed && !holder.shorthand;
  return false;
}

function isHelper({ node, parent }: Place, text: string): boolean {
  if (node.type !== "VariableDeclarator" || !node.init) return false;
  return parent?.parent?.node.type === "Program" &&
    HELPER_CODE.test(text.slice(node.init.start, node.init.end));
}

/** The parts of a call around its first argument, where the call changes nothing. */
function superfluous(call: Place): readonly (readonly [number, number])[] {
  if (call.node.type !== "CallExpression") return [];
  const [named, name] = call.node.arguments;
  if (named === undefined || name?.type !== "Literal" || typeof name.value !== "string") return [];
  if (naturalName(named, call) !== name.value) return [];
  return [[call.node.start, named.start], [named.end, call.node.end]];
}

/** The name that a function has by itself once nothing is called with it. */
function naturalName(named: AnyNode, call: Place): string | null {
  // esbuild passes an identifier for a function declaration only.
  if (named.type === "Identifier") return named.name;
  const isFunction = named.type === "FunctionExpression" ||
    named.type === "ArrowFunctionExpression";
  if (!isFunction) return null;
  if (named.type === "FunctionExpression" && named.id) {
    return mayStandBare(call) ? named.id.name : null;
  }
  return nameFrom(call);
}

/** Whether a function expression reads as one here: at the start of a statement it would declare. */
function mayStandBare({ key, parent }: Place): boolean {
  const within = `${parent?.node.type}.${key}`;
  return [
    "VariableDeclarator.init",
    "AssignmentExpression.right",
    "Property.value",
    "CallExpression.arguments",
    "NewExpression.arguments",
    "ReturnStatement.argument",
  ].includes(within);
}

/** The name that the place of an anonymous function gives it (ECMA-262, NamedEvaluation). */
function nameFrom({ key, parent }: Place): string | null {
  const holder = parent?.node;
  switch (holder?.type) {
    case "VariableDeclarator":
      return key === "init" && holder.id.type === "Identifier" ? holder.id.name : null;
    case "AssignmentExpression":
      if (key !== "right" || holder.operator !== "=") return null;
      return holder.left.type === "Identifier" ? holder.left.name : null;
    case "Property":
      if (key !== "value" || holder.computed || holder.key.type !== "Identifier") return null;
      // `{ __proto__: function () {} }` sets the prototype and names nothing.
      return holder.key.name === "__proto__" ? null : holder.key.name;
    default:
      return null;
  }
}

function blanked(text: string, ranges: readonly (readonly [number, number])[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const [start, end] of ranges.toSorted((a, b) => a[0] - b[0])) {
    parts.push(text.slice(at, start), " ".repeat(end - start));
    at = end;
  }
  return parts.join("") + text.slice(at);
}
