import ts from "typescript";
import type { Violation } from "../violation.ts";

/** A file as the rules see it. */
export interface CheckedFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly text: string;
  /** For code; `undefined` for other text. */
  readonly tree: ts.SourceFile | undefined;
}

/** What one rule has against a file. */
export type StyleRule = (file: CheckedFile) => Finding[];

/** A violation before its path is known. */
export type Finding = Omit<Violation, "path">;

/** Parses code; leaves other text as it is. Types are not resolved: rules see syntax only. */
export function parseFile(path: string, text: string): CheckedFile {
  const isParsed = /\.(ts|tsx|js|mjs)$/.test(path);
  const tree = isParsed
    ? ts.createSourceFile(path, text, { languageVersion: ts.ScriptTarget.Latest }, true)
    : undefined;
  return { path, text, tree };
}

/** The line, from 1, on which `node` begins. */
export function lineOf(node: ts.Node): number {
  const source = node.getSourceFile();
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}

/** `root` and every node below it, in order of the text. */
export function* nodesOf(root: ts.Node): Generator<ts.Node> {
  yield root;
  const children: ts.Node[] = [];
  ts.forEachChild(root, (child) => void children.push(child));
  for (const child of children) yield* nodesOf(child);
}

/** Every comment with the line it begins on. */
export function commentsOf(
  tree: ts.SourceFile,
): { readonly text: string; readonly line: number }[] {
  const starts = new Set<number>();
  const comments: { text: string; line: number }[] = [];
  const add = (ranges: readonly ts.CommentRange[] | undefined) => {
    for (const { pos, end } of ranges ?? []) {
      if (starts.has(pos)) continue;
      starts.add(pos);
      const line = tree.getLineAndCharacterOfPosition(pos).line + 1;
      comments.push({ text: tree.text.slice(pos, end), line });
    }
  };
  for (const token of tokensOf(tree)) {
    add(ts.getLeadingCommentRanges(tree.text, token.getFullStart()));
    add(ts.getTrailingCommentRanges(tree.text, token.getEnd()));
  }
  return comments;
}

/** Comments stand between tokens; text inside a string or template is none. */
function* tokensOf(node: ts.Node): Generator<ts.Node> {
  const children = node.getChildren();
  if (children.length === 0) yield node;
  for (const child of children) {
    // A `/**` comment is parsed into nodes of its own, beside the tokens.
    if (child.kind < ts.SyntaxKind.FirstJSDocNode || child.kind > ts.SyntaxKind.LastJSDocNode) {
      yield* tokensOf(child);
    }
  }
}
