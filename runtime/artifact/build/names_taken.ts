import type { AnyNode } from "acorn";
import { parseModule, walkTree } from "./syntax_tree.ts";

/**
 * Names that a file takes from the module `specifier`, by `import` or `require`; `undefined` where
 * the whole module goes somewhere else, so that anything might be taken.
 */
export function namesTaken(file: string, specifier: string): string[] | undefined {
  const root = parseOrNothing(file);
  if (root === undefined) return undefined;
  const names = new Set<string>();
  const holders = new Set<string>();
  for (const { node, parent } of walkTree(root)) {
    const imported = importedNames(node, specifier);
    if (imported === undefined) return undefined;
    for (const name of imported) names.add(name);
    if (!isRequireOf(node, specifier)) continue;
    // Compilers wrap the call once: __toESM(require("ai")), __importStar(require("ai")).
    const wrapped = parent?.node.type === "CallExpression" ? parent.parent : parent;
    const use = wrapped?.node;
    if (use?.type === "VariableDeclarator" && use.id.type === "Identifier") {
      holders.add(use.id.name);
    } else if (use?.type === "VariableDeclarator" && use.id.type === "ObjectPattern") {
      for (const property of use.id.properties) {
        const name = property.type === "Property" ? keyOf(property.key, property.computed) : null;
        if (name === null) return undefined;
        names.add(name);
      }
    } else if (use?.type === "MemberExpression") {
      const name = keyOf(use.property, use.computed);
      if (name === null) return undefined;
      names.add(name);
    } else return undefined;
  }
  for (const { node, key, parent } of walkTree(root)) {
    if (node.type !== "Identifier" || !holders.has(node.name)) continue;
    const around = parent?.node;
    if (around?.type === "VariableDeclarator" && key === "id") continue;
    if (around?.type === "MemberExpression" && key === "property" && !around.computed) continue;
    if (around?.type !== "MemberExpression" || key !== "object") return undefined;
    const name = keyOf(around.property, around.computed);
    if (name === null) return undefined;
    names.add(name);
  }
  return [...names];
}

function importedNames(node: AnyNode, specifier: string): string[] | undefined {
  if (node.type === "ImportDeclaration" && node.source.value === specifier) {
    const names: string[] = [];
    for (const part of node.specifiers) {
      if (part.type === "ImportNamespaceSpecifier") return undefined;
      names.push(part.type === "ImportSpecifier" ? exportName(part.imported) : "default");
    }
    return names;
  }
  if (node.type === "ExportNamedDeclaration" && node.source?.value === specifier) {
    return node.specifiers.map((part) => exportName(part.local));
  }
  const whole = node.type === "ExportAllDeclaration" || node.type === "ImportExpression";
  if (whole && node.source.type === "Literal" && node.source.value === specifier) return undefined;
  return [];
}

function exportName(node: AnyNode): string {
  if (node.type === "Identifier") return node.name;
  return node.type === "Literal" ? String(node.value) : "";
}

function parseOrNothing(file: string): AnyNode | undefined {
  try {
    return parseModule(Deno.readTextFileSync(file));
  } catch {
    // Sloppy-mode or TypeScript source: unknown, so the real package is taken.
    return undefined;
  }
}

function isRequireOf(node: AnyNode, specifier: string): boolean {
  if (node.type !== "CallExpression" || node.callee.type !== "Identifier") return false;
  const [argument] = node.arguments;
  return node.callee.name === "require" && argument?.type === "Literal" &&
    argument.value === specifier;
}

function keyOf(key: AnyNode, computed: boolean): string | null {
  if (key.type === "Identifier" && !computed) return key.name;
  return key.type === "Literal" && typeof key.value === "string" ? key.value : null;
}
