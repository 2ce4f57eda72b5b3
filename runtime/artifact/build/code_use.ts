import type { AnyNode } from "acorn";
import { type Place, walkTree } from "./syntax_tree.ts";

const NOTABLE: ReadonlySet<string> = new Set([
  "fetch",
  "WebSocket",
  "EventSource",
  "XMLHttpRequest",
  "WebAssembly",
  "Worker",
  "SharedWorker",
  "SharedArrayBuffer",
  "BroadcastChannel",
  "eval",
  "Function",
  "Deno",
  "Bun",
  "process",
  "Buffer",
  "crypto",
  "document",
  "window",
  "localStorage",
  "sessionStorage",
  "indexedDB",
  "caches",
  "navigator",
  "Intl",
]);
const GLOBAL_OBJECTS: ReadonlySet<string> = new Set(["globalThis", "self", "window", "global"]);
const ENV_NAME = /^[A-Z][A-Z0-9_]{1,127}$/;

/** Globals and environment variables that code refers to. */
export interface GlobalUse {
  readonly globals: readonly string[];
  readonly env: readonly string[];
}

/**
 * What a parsed module refers to. Scopes are not followed: reading a local variable named `fetch`
 * counts as reading the global. So nothing is missed that is written out by name, and a little is
 * said too much; names put together at run time are not seen.
 */
export function globalUse(root: AnyNode): GlobalUse {
  const globals = new Set<string>();
  const env = new Set<string>();
  const envHolders = findEnvHolders(root);
  for (const place of walkTree(root)) {
    const { node } = place;
    if (node.type === "Identifier" && NOTABLE.has(node.name) && isReference(place)) {
      globals.add(node.name);
    } else if (node.type === "MemberExpression") {
      const name = memberName(node);
      if (name === null) continue;
      if (node.object.type === "Identifier" && GLOBAL_OBJECTS.has(node.object.name)) {
        if (NOTABLE.has(name)) globals.add(name);
      }
      if (ENV_NAME.test(name) && isEnv(node.object, envHolders)) env.add(name);
    } else if (node.type === "VariableDeclarator" && node.id.type === "ObjectPattern") {
      if (node.init === null || node.init === undefined || !isEnv(node.init, envHolders)) continue;
      for (const property of node.id.properties) {
        if (property.type !== "Property" || property.key.type !== "Identifier") continue;
        if (ENV_NAME.test(property.key.name)) env.add(property.key.name);
      }
    } else if (node.type === "CallExpression") {
      const name = denoEnvName(node);
      if (name !== null && ENV_NAME.test(name)) env.add(name);
    } else if (node.type === "Property" && node.key.type === "Identifier") {
      // AI SDK providers name the variable that holds their key this way.
      const value = stringOf(node.value);
      if (node.key.name === "environmentVariableName" && value !== null && ENV_NAME.test(value)) {
        env.add(value);
      }
    }
  }
  return { globals: [...globals].sort(), env: [...env].sort() };
}

/** Variables that hold the environment: `const e = process.env`, `import { env } from "process"`. */
function findEnvHolders(root: AnyNode): ReadonlySet<string> {
  const holders = new Set<string>();
  for (const { node } of walkTree(root)) {
    if (node.type !== "VariableDeclarator" || !node.init) continue;
    if (node.id.type === "Identifier" && mentionsEnv(node.init)) holders.add(node.id.name);
    else if (node.id.type === "ObjectPattern" && isProcess(node.init)) {
      for (const property of node.id.properties) {
        if (property.type !== "Property" || property.key.type !== "Identifier") continue;
        if (property.key.name === "env" && property.value.type === "Identifier") {
          holders.add(property.value.name);
        }
      }
    }
  }
  return holders;
}

/** `process.env` itself, or behind `??`, `||`, `? :` or a bundler's wrapper. */
function mentionsEnv(init: AnyNode): boolean {
  let budget = 16;
  for (const { node } of walkTree(init)) {
    if (budget-- === 0) return false;
    if (isEnvMember(node)) {
      return init === node || /^(?:Logical|Conditional|Call)Expression$/.test(init.type);
    }
  }
  return false;
}

function isEnv(node: AnyNode, holders: ReadonlySet<string>): boolean {
  if (node.type === "ChainExpression") return isEnv(node.expression, holders);
  if (node.type === "LogicalExpression") return isEnv(node.left, holders);
  return isEnvMember(node) || (node.type === "Identifier" && holders.has(node.name));
}

function isEnvMember(node: AnyNode): boolean {
  return node.type === "MemberExpression" && memberName(node) === "env" &&
    node.object.type !== "MetaProperty";
}

function isProcess(node: AnyNode): boolean {
  if (node.type === "Identifier") {
    return /^(?:process|import_process|process_default)/.test(node.name);
  }
  return node.type === "MemberExpression" && memberName(node) === "process";
}

function denoEnvName(node: Extract<AnyNode, { type: "CallExpression" }>): string | null {
  const { callee } = node;
  if (callee.type !== "MemberExpression" || memberName(callee) !== "get") return null;
  const { object } = callee;
  if (!isEnvMember(object)) return null;
  return node.arguments[0] === undefined ? null : stringOf(node.arguments[0]);
}

function memberName(node: Extract<AnyNode, { type: "MemberExpression" }>): string | null {
  if (node.computed) return stringOf(node.property);
  return node.property.type === "Identifier" ? node.property.name : null;
}

function stringOf(node: AnyNode): string | null {
  if (node.type === "Literal" && typeof node.value === "string") return node.value;
  if (node.type !== "TemplateLiteral" || node.expressions.length > 0) return null;
  return node.quasis[0]?.value.cooked ?? null;
}

/** Whether an identifier is read or called: not a property name, not a declaration. */
function isReference({ key, parent }: Place): boolean {
  const around = parent?.node;
  if (around === undefined) return false;
  switch (around.type) {
    case "MemberExpression":
      return key === "object" || around.computed;
    case "Property":
      return key === "value" ? parent?.parent?.node.type !== "ObjectPattern" : around.computed;
    case "MethodDefinition":
    case "PropertyDefinition":
      return key === "value" || around.computed;
    case "VariableDeclarator":
      return key === "init";
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return key === "body";
    case "ClassDeclaration":
    case "ClassExpression":
      return key === "superClass";
    case "AssignmentPattern":
      return key === "right";
    case "ImportSpecifier":
    case "ImportDefaultSpecifier":
    case "ImportNamespaceSpecifier":
    case "ExportSpecifier":
    case "LabeledStatement":
    case "BreakStatement":
    case "ContinueStatement":
    case "CatchClause":
    case "RestElement":
    case "ArrayPattern":
      return false;
    default:
      return true;
  }
}
