import { dirname, join } from "node:path/posix";
import ts from "typescript";
import { isTest } from "../list_source_paths.ts";
import type { Violation } from "../violation.ts";
import { type CheckedFile, nodesOf } from "./checked_file.ts";

/**
 * Each file that does something is covered by a test: its own `_test.ts` beside it, a test that
 * imports it (itself or through what tests share), or, where it is a part of a covered file in the
 * same folder or above it, that file's. Programs that run inside sandboxes are parts of the runtime
 * that starts them, wherever in `sandboxes/` their pieces stand: the conformance suite runs them whole.
 */
export function checkCovered(files: readonly CheckedFile[]): Violation[] {
  const paths = new Set(files.map(({ path }) => path));
  const imports = new Map(files.map((file) => [file.path, localImports(file, paths)]));
  const covered = new Set<string>();
  const cover = (path: string) => {
    if (covered.has(path)) return;
    covered.add(path);
    for (const part of imports.get(path) ?? []) {
      if (isPartOf(part, path)) cover(part);
    }
  };
  for (const { path } of files) {
    if (!/_test\.tsx?$/.test(path)) continue;
    cover(path.replace(/_test(\.tsx?)$/, "$1"));
    for (const tested of imports.get(path) ?? []) cover(tested);
  }
  return files.filter((file) => needsTest(file) && !covered.has(file.path)).map(({ path }) => ({
    path,
    line: 0,
    rule: "test-missing",
    advice: `no test imports it, nor what it is a part of: write ${
      path.replace(/\.tsx?$/, "_test.ts")
    }`,
  }));
}

/** Parts stand beside what they are parts of, or in a folder below it. */
function isPartOf(part: string, whole: string): boolean {
  if (isTest(whole)) return true;
  if (part.startsWith("sandboxes/") && whole.startsWith("sandboxes/")) return true;
  return !isTest(part) && `${dirname(part)}/`.startsWith(`${dirname(whole)}/`);
}

function needsTest({ path, tree }: CheckedFile): boolean {
  if (tree === undefined || isTest(path) || !/(?<!\.d)\.tsx?$/.test(path)) return false;
  return !path.startsWith("bench/") && tree.statements.some(doesSomething);
}

/** Types and constants do nothing that could fail. */
function doesSomething(node: ts.Statement): boolean {
  if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) return true;
  if (!ts.isVariableStatement(node)) return ts.isExpressionStatement(node);
  return node.declarationList.declarations.some(({ initializer }) =>
    initializer !== undefined &&
    (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer))
  );
}

/** Files that a file names: by relative path, or beside itself by name, as programs are. */
function localImports({ path, tree }: CheckedFile, paths: ReadonlySet<string>): string[] {
  if (tree === undefined) return [];
  const found: string[] = [];
  for (const node of nodesOf(tree)) {
    if (!ts.isStringLiteralLike(node) || !/^[\w./]+\.\w+$/.test(node.text)) continue;
    const named = join(dirname(path), node.text);
    if (/^\.\.?\//.test(node.text) || paths.has(named)) found.push(named);
  }
  return found;
}
