import ts from "typescript";
import { posix } from "node:path";
import { declarationPaths } from "../declaration_imports.ts";
import type { TypeRequest } from "../type_request.ts";
import { libraryText } from "./library_text.ts";

const LIBRARY = "/__library.d.ts";

/** A TypeScript program over texts in memory; nothing is read, nothing is written. */
export function declaredProgram({ files, entry }: Omit<TypeRequest, "tools">): ts.Program {
  const texts = new Map([...Object.entries(files), [LIBRARY, libraryText()] as const]);
  const trees = new Map<string, ts.SourceFile>();
  const host: ts.CompilerHost = {
    fileExists: (path) => texts.has(path),
    readFile: (path) => texts.get(path),
    getSourceFile(path, options) {
      const known = trees.get(path);
      const text = texts.get(path);
      if (known !== undefined || text === undefined) return known;
      const tree = ts.createSourceFile(path, text, options);
      trees.set(path, tree);
      return tree;
    },
    getDefaultLibFileName: () => LIBRARY,
    getCurrentDirectory: () => "/",
    getCanonicalFileName: (path) => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
    writeFile() {},
    resolveModuleNameLiterals: (literals, from) =>
      literals.map(({ text }) => ({ resolvedModule: resolve(text, { from, texts }) })),
    resolveTypeReferenceDirectiveReferences: (references) =>
      references.map(() => ({ resolvedTypeReferenceDirective: undefined })),
  };
  return ts.createProgram({
    rootNames: [LIBRARY, entry],
    options: {
      noLib: true,
      strict: true,
      types: [],
      skipLibCheck: true,
      noEmit: true,
      target: ts.ScriptTarget.ESNext,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      esModuleInterop: true,
    },
    host,
  });
}

/** Only files of the package; what comes from elsewhere stays unknown, and accepts anything. */
function resolve(
  specifier: string,
  { from, texts }: { readonly from: string; readonly texts: ReadonlyMap<string, string> },
): ts.ResolvedModuleFull | undefined {
  if (!/^\.{1,2}(\/|$)/.test(specifier)) return undefined;
  const target = posix.join(posix.dirname(from), specifier);
  const resolvedFileName = declarationPaths(target).find((path) => texts.has(path));
  if (resolvedFileName === undefined) return undefined;
  const ending = /\.d\.([cm]?)ts$/.exec(resolvedFileName)?.[1] ?? "";
  return { resolvedFileName, extension: EXTENSIONS[ending] ?? ts.Extension.Dts };
}

const EXTENSIONS: Readonly<Record<string, ts.Extension>> = {
  "": ts.Extension.Dts,
  m: ts.Extension.Dmts,
  c: ts.Extension.Dcts,
};
