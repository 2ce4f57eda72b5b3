/** Texts of code by path, as far as they are within bounds. */
export type CodeFiles = ReadonlyMap<string, string>;

/** The comment by which the bundler says whose code comes next. */
const MODULE = /^\/\/ ([^\n]{1,500}\.(?:[cm]?[jt]sx?|json))$/gm;

/**
 * The modules of a bundle, by path within their package: `marked/lib/marked.esm.js`. Versions and
 * places of installation are left out, so that the same module of another version has the same path.
 * What stands before the first is `bundle`.
 */
export function bundledModules(text: string): CodeFiles {
  const files = new Map<string, string>();
  const marks = [...text.matchAll(MODULE)];
  const add = (path: string, part: string) => {
    if (part.trim() !== "") files.set(path, (files.get(path) ?? "") + part);
  };
  add("bundle", text.slice(0, marks[0]?.index ?? text.length));
  for (const [index, mark] of marks.entries()) {
    const start = mark.index + mark[0].length + 1;
    add(modulePath(mark[1] ?? ""), text.slice(start, marks[index + 1]?.index ?? text.length));
  }
  return files;
}

/** The path within the innermost package that a path of an installed tree leads into. */
export function modulePath(path: string): string {
  const at = path.lastIndexOf("node_modules/");
  return at === -1 ? path : path.slice(at + "node_modules/".length);
}
