import type { AnyNode } from "acorn";
import { builtinName } from "./node_builtins.ts";
import { insideTry, type Place, walkTree } from "./syntax_tree.ts";

/** What free `__dirname` and `__filename` are called in a bundle, so that no other name is meant. */
export const LOCATION = { dirname: "__airlock_dirname", filename: "__airlock_filename" } as const;
const LOCATION_NAMES: ReadonlySet<string> = new Set(Object.values(LOCATION));

/** What a bundle still asks of the place it is loaded from. */
export interface ModuleFacts {
  /** Specifiers of static imports and of literal dynamic ones. */
  readonly imports: readonly string[];
  /** Ranges of the arguments of dynamic imports that are not literals. */
  readonly opaqueImports: readonly (readonly [start: number, end: number])[];
  /** Whether it knows where it lies: `__dirname`, `import.meta.url` and the like. */
  readonly usesLocation: boolean;
  /** Why it cannot work away from the files beside it, whatever else it uses; or `null`. */
  readonly needsFiles: string | null;
}

/** Reads from a parsed bundle what decides whether it can stand alone. */
export function moduleFacts(root: AnyNode): ModuleFacts {
  const imports: string[] = [];
  const opaqueImports: [number, number][] = [];
  let usesLocation = false;
  let needsFiles: string | null = null;
  const requires = new Set(["__require"]);
  for (const { node } of walkTree(root)) {
    if (node.type !== "VariableDeclarator" || node.id.type !== "Identifier") continue;
    if (node.init && isCreateRequire(node.init)) requires.add(node.id.name);
  }
  for (const place of walkTree(root)) {
    const { node } = place;
    switch (node.type) {
      case "ImportDeclaration":
      case "ExportAllDeclaration":
      case "ExportNamedDeclaration":
        if (typeof node.source?.value === "string") imports.push(node.source.value);
        break;
      case "ImportExpression": {
        const specifier = literal(node.source);
        if (specifier === null) opaqueImports.push([node.source.start, node.source.end]);
        else imports.push(specifier);
        break;
      }
      case "CallExpression":
        needsFiles ??= requireNeed(place, requires);
        break;
      case "NewExpression":
        if (isAssetUrl(node)) needsFiles ??= "it refers to a file beside itself by URL";
        break;
      default:
        usesLocation ||= isLocation(place);
    }
  }
  return { imports, opaqueImports, usesLocation, needsFiles };
}

function requireNeed(place: Place, requires: ReadonlySet<string>): string | null {
  const { node } = place;
  if (node.type !== "CallExpression") return null;
  const { callee } = node;
  const argument = node.arguments[0];
  if (callee.type === "MemberExpression" && isRequire(callee.object, requires)) {
    const resolves = callee.property.type === "Identifier" && callee.property.name === "resolve";
    return resolves && !insideTry(place) ? "it calls require.resolve" : null;
  }
  if (!isRequire(callee, requires) || argument === undefined) return null;
  const specifier = literal(argument);
  if (specifier !== null) {
    const isPlain = callee.type === "Identifier" && callee.name === "__require";
    if (isPlain || builtinName(specifier) !== undefined || insideTry(place)) return null;
    return `it requires ${JSON.stringify(specifier)} at run time`;
  }
  return insideTry(place) || insideFunctionNamed(place, "__require")
    ? null
    : "it requires modules by names made at run time";
}

function isRequire(node: AnyNode, requires: ReadonlySet<string>): boolean {
  return (node.type === "Identifier" && requires.has(node.name)) || isCreateRequire(node);
}

function isCreateRequire(node: AnyNode): boolean {
  if (node.type !== "CallExpression") return false;
  const { callee } = node;
  if (callee.type === "Identifier") return /^createRequire\d*$/.test(callee.name);
  return callee.type === "MemberExpression" && callee.property.type === "Identifier" &&
    callee.property.name === "createRequire";
}

/** `new URL("./literal", import.meta.url)`: the form in which code names an asset. */
function isAssetUrl(node: Extract<AnyNode, { type: "NewExpression" }>): boolean {
  const [path, base] = node.arguments;
  if (node.callee.type !== "Identifier" || node.callee.name !== "URL") return false;
  if (path === undefined || base === undefined || !isMetaMember(base)) return false;
  const text = literal(path);
  return text === null || !/^[a-z][a-z0-9+.-]*:/i.test(text);
}

function isLocation({ node, parent }: Place): boolean {
  const around = parent?.node;
  // `typeof __dirname` asks what kind of program this is, not where.
  if (node.type === "Identifier") return LOCATION_NAMES.has(node.name) && !isTypeof(around);
  if (!isMetaMember(node)) return false;
  // createRequire(import.meta.url) is looked at where its result is called.
  return around === undefined || !isCreateRequire(around);
}

function isTypeof(node: AnyNode | undefined): boolean {
  return node?.type === "UnaryExpression" && node.operator === "typeof";
}

function isMetaMember(node: AnyNode): boolean {
  return node.type === "MemberExpression" && node.object.type === "MetaProperty" &&
    node.property.type === "Identifier" && /^(?:url|dirname|filename)$/.test(node.property.name);
}

function insideFunctionNamed(place: Place, name: string): boolean {
  for (let outer = place.parent; outer !== null; outer = outer.parent) {
    const { node } = outer;
    if (node.type === "VariableDeclarator" && node.id.type === "Identifier") {
      if (node.id.name === name) return true;
    }
  }
  return false;
}

function literal(node: AnyNode): string | null {
  return node.type === "Literal" && typeof node.value === "string" ? node.value : null;
}
