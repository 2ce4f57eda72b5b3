import { dirname, join, relative } from "node:path";
import { buildError } from "./build_error.ts";
import type { BuildLimits } from "./build_limits.ts";
import type { InputScope } from "./input_scope.ts";

/** Never needed to run: types, maps, prose, other people's build files, and addons. */
const STRIPPED_FILE =
  /\.(?:d\.[cm]?ts|d\.[cm]?ts\.map|[cm]?js\.map|css\.map|md|markdown|node|tsbuildinfo|flow)$|^(?:\.deno\.lock|\.setup-cache\.bin|\.npmignore|\.eslintrc.*|\.prettierrc.*|\.editorconfig|\.DS_Store|package-lock\.json|pnpm-lock\.yaml|yarn\.lock|deno\.jsonc?|tsconfig.*\.json)$/i;
const STRIPPED_DIRECTORY: ReadonlySet<string> = new Set([
  ".git",
  ".github",
  ".vscode",
  "__tests__",
  "coverage",
]);

/** Options of {@linkcode copyTree}. */
export interface CopyOptions {
  readonly scope: InputScope;
  /** Directory to create. */
  readonly to: string;
  readonly limits: BuildLimits;
}

/**
 * Copies the package tree below `node_modules`, links kept relative so that the tree works wherever
 * it is moved to. Deno loads it with `--node-modules-dir=manual`, without `--no-npm`.
 *
 * @throws {AirlockError} `artifact_failed` where it is too large.
 */
export async function copyTree({ scope, to, limits }: CopyOptions): Promise<void> {
  let files = 0;
  let bytes = 0;
  const pending = [scope.root];
  for (let from = pending.pop(); from !== undefined; from = pending.pop()) {
    const target = join(to, relative(scope.root, from));
    await Deno.mkdir(target, { recursive: true });
    const copies: Promise<void>[] = [];
    for await (const child of Deno.readDir(from)) {
      const source = join(from, child.name);
      if (child.isDirectory) {
        if (!STRIPPED_DIRECTORY.has(child.name)) pending.push(source);
        continue;
      }
      if (STRIPPED_FILE.test(child.name)) continue;
      files += 1;
      if (files > limits.treeFiles) throw tooLarge("files", limits.treeFiles);
      if (child.isSymlink) await copyLink(source, join(target, child.name), scope);
      else {
        bytes += (await Deno.lstat(source)).size;
        if (bytes > limits.treeBytes) throw tooLarge("bytes", limits.treeBytes);
        copies.push(Deno.copyFile(source, join(target, child.name)));
      }
    }
    await Promise.all(copies);
  }
}

async function copyLink(source: string, to: string, scope: InputScope): Promise<void> {
  let target: string;
  try {
    target = await Deno.realPath(source);
  } catch (error) {
    // A link to nothing is left behind.
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  if (!scope.contains(target)) {
    throw buildError("outside", `${scope.display(source)} is a link that leads outside`, {
      suggestion: "Publish the package with plain files only",
    });
  }
  await Deno.symlink(relative(await Deno.realPath(dirname(source)), target), to);
}

function tooLarge(what: string, limit: number): Error {
  return buildError("too_large", `its tree has more than ${limit} ${what}`, {
    suggestion: "Use a smaller package",
    details: { limit },
  });
}
