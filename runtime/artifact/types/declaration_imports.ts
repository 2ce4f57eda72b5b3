/** White space is bounded, so that no text costs more than its length. */
const IMPORT = /\b(?:from|import|require)\s{0,8}\(?\s{0,8}["']([^"'\n]{1,300})["']/g;
const REFERENCE = /<reference\s{1,8}path\s{0,8}=\s{0,8}["']([^"'\n]{1,300})["']/g;

/**
 * What a declaration file may refer to inside its package: relative specifiers, each once. Found by
 * reading, not by parsing: a comment that looks like an import costs one look for a file.
 */
export function declarationImports(text: string): readonly string[] {
  const found = new Set<string>();
  for (const [, specifier = ""] of text.matchAll(IMPORT)) {
    if (/^\.{1,2}(\/|$)/.test(specifier)) found.add(specifier);
  }
  for (const [, path = ""] of text.matchAll(REFERENCE)) {
    found.add(/^\.{1,2}\//.test(path) ? path : `./${path}`);
  }
  return [...found];
}

/** Where a relative specifier of a declaration file may lead, most likely first. */
export function declarationPaths(specifier: string): readonly string[] {
  if (/\.d\.[cm]?ts$/.test(specifier)) return [specifier];
  const script = /^(.*)\.([cm]?)[jt]sx?$/.exec(specifier);
  const same = script === null ? [] : [`${script[1]}.d.${script[2]}ts`];
  return [
    ...same,
    ...[".d.ts", ".d.mts", ".d.cts"].map((ending) => specifier + ending),
    ...["/index.d.ts", "/index.d.mts", "/index.d.cts"].map((ending) =>
      specifier.replace(/\/$/, "") + ending
    ),
  ];
}
