import { dirname, join, posix, relative, sep } from "node:path";
import type { FetchedPackage } from "../../../spec/artifact.ts";
import { declarationEntries } from "./declaration_entries.ts";
import { declarationImports, declarationPaths } from "./declaration_imports.ts";
import { MAX_TYPE_BYTES, MAX_TYPE_FILE_BYTES, MAX_TYPE_FILES } from "./type_limits.ts";
import type { TypeRequest } from "./type_request.ts";

/** The declarations of a package's main module, as far as they are within bounds. */
export interface Declarations extends Pick<TypeRequest, "files" | "entry"> {
  readonly warnings: readonly string[];
}

/**
 * Reads the TypeScript declarations that a fetched package ships, following imports between them.
 * Nothing outside of the package is read, whatever links it holds.
 * @returns `null` where there are none.
 */
export async function collectDeclarations(
  { directory, entry, packageJson, resolved, modules }: FetchedPackage,
): Promise<Declarations | null> {
  if (modules !== undefined) return null;
  const root = await packageRoot(entry, directory);
  if (root === null) return null;
  const reader = new DeclarationReader(root);
  const subpath = subpathOf(resolved.packageName);
  const at = relative(root, entry).replaceAll(sep, "/");
  for (const path of declarationEntries(packageJson, { subpath, entry: at })) {
    const found = await reader.read(posix.join("/", path));
    if (found === null) continue;
    await reader.readAllFrom(found);
    return { files: Object.fromEntries(reader.files), entry: found, warnings: reader.warnings };
  }
  return null;
}

/** `.` for `name` and `@scope/name`, `./sub` for `name/sub`. */
function subpathOf(packageName: string): string {
  const parts = packageName.split("/");
  const rest = parts.slice(packageName.startsWith("@") ? 2 : 1);
  return rest.length === 0 ? "." : `./${rest.join("/")}`;
}

/** The nearest directory above the entry with a `package.json` that has a name. */
async function packageRoot(entry: string, directory: string): Promise<string | null> {
  for (let path = dirname(entry); path.startsWith(directory + sep); path = dirname(path)) {
    const text = await textOf(join(path, "package.json"), MAX_TYPE_FILE_BYTES);
    // A nested one only says which module system its files are of.
    if (text !== null && /"name"\s{0,8}:/.test(text)) return path;
  }
  return null;
}

class DeclarationReader {
  readonly files = new Map<string, string>();
  readonly warnings: string[] = [];
  readonly #root: string;
  #bytes = 0;

  constructor(root: string) {
    this.#root = root;
  }

  /** @returns The path, where there is such a file in the package and room for it. */
  async read(path: string): Promise<string | null> {
    if (this.files.has(path)) return path;
    if (this.files.size >= MAX_TYPE_FILES || this.#bytes >= MAX_TYPE_BYTES) {
      if (this.warnings.length === 0) {
        this.warnings.push("types: too many declarations to read all");
      }
      return null;
    }
    const real = await Deno.realPath(join(this.#root, path)).catch(absent);
    if (real === null || !real.startsWith(this.#root + sep)) return null;
    const text = await textOf(real, Math.min(MAX_TYPE_FILE_BYTES, MAX_TYPE_BYTES - this.#bytes));
    if (text === null) return null;
    this.files.set(path, text);
    this.#bytes += text.length;
    return path;
  }

  /** Reads what a file refers to, and what that refers to. */
  async readAllFrom(entry: string): Promise<void> {
    const open = [entry];
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      for (const specifier of declarationImports(this.files.get(path) ?? "")) {
        const target = posix.join(posix.dirname(path), specifier);
        const known = declarationPaths(target).some((candidate) => this.files.has(candidate));
        const found = known ? null : await this.#first(declarationPaths(target));
        if (found !== null) open.push(found);
      }
    }
  }

  async #first(paths: readonly string[]): Promise<string | null> {
    for (const path of paths) {
      const found = await this.read(path);
      if (found !== null) return found;
    }
    return null;
  }
}

/** @returns `null` where there is no such file, or a larger one. */
async function textOf(path: string, maxBytes: number): Promise<string | null> {
  try {
    const { isFile, size } = await Deno.stat(path);
    if (!isFile || size > maxBytes) return null;
    return await Deno.readTextFile(path);
  } catch (error) {
    return absent(error);
  }
}

function absent(error: unknown): null {
  const isAbsent = error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotADirectory || error instanceof Deno.errors.FilesystemLoop;
  if (isAbsent) return null;
  throw error;
}
