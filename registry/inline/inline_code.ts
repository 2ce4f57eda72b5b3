import semver from "semver";
import { AirlockError } from "../../spec/errors.ts";
import type { JsonObject } from "../../spec/json.ts";
import { isPackageName } from "../npm/package_name.ts";
import { checkInlinePlugin } from "./inline_plugin.ts";

/** Code that somebody brought: JavaScript or TypeScript with what it imports, or a plug-in. */
export interface InlineCode {
  /** Path inside the package, with `/` → text. */
  readonly files: Readonly<Record<string, string>>;
  /** Modules of a WebAssembly plug-in, instead of files: name → base64. */
  readonly modules?: Readonly<Record<string, string>>;
  /** The file, or the plug-in's main module, whose exports are the tools. */
  readonly entry: string;
  /** npm package → exact version. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** What a `package.json` would say: `description`, `tpmjs`, `airlock` with its `plugin`. */
  readonly packageJson: JsonObject;
}

/** Bounds of one {@linkcode InlineCode}. */
export const INLINE_LIMITS = {
  files: 64,
  /** Of all files together. */
  bytes: 1024 * 1024,
  pathCharacters: 200,
  dependencies: 32,
} as const;

/** No name that begins with a dot, and nothing that leads out of a directory. */
const PATH = /^[A-Za-z0-9_][\w.-]*(?:\/[A-Za-z0-9_][\w.-]*)*$/;
const ENTRY = /\.(?:js|mjs|jsx|ts|mts|tsx)$/;
const KINDS = /\.(?:js|mjs|jsx|ts|mts|tsx|json|txt|md|html|css|svg)$/;
/** Ours, and the installer's. */
const RESERVED: ReadonlySet<string> = new Set([
  ...["package.json", "deno.json", "deno.jsonc", "deno.lock", "tsconfig.json"],
]);

/**
 * Lets code through that is within its bounds and stays inside its directory.
 * @throws {AirlockError} `invalid_input` or `payload_too_large`, naming what is wrong.
 */
export function checkInlineCode(code: InlineCode): void {
  const { modules } = code;
  if (modules !== undefined) return checkInlinePlugin({ ...code, modules });
  const paths = Object.keys(code.files);
  if (paths.length === 0 || paths.length > INLINE_LIMITS.files) {
    throw wrong(`1 to ${INLINE_LIMITS.files} files are allowed, there are ${paths.length}`);
  }
  const names = new Set(paths);
  for (const path of paths) checkPath(path, names);
  if (!names.has(code.entry) || !ENTRY.test(code.entry)) {
    throw wrong("entry is none of its files, or no code", "Name a .js, .mjs or .ts file as entry");
  }
  const encoder = new TextEncoder();
  const bytes = Object.values(code.files)
    .reduce((sum, text) => sum + encoder.encode(text).length, 0);
  if (bytes > INLINE_LIMITS.bytes) {
    throw new AirlockError(
      "payload_too_large",
      `check source: more than ${INLINE_LIMITS.bytes} bytes of files`,
      { stage: "request", details: { maxBytes: INLINE_LIMITS.bytes } },
    );
  }
  checkDependencies(code.dependencies);
}

function checkPath(path: string, paths: ReadonlySet<string>): void {
  const parts = path.split("/");
  const isGood = path.length <= INLINE_LIMITS.pathCharacters && PATH.test(path) &&
    KINDS.test(path) && !parts.includes("node_modules") && !RESERVED.has(path.toLowerCase());
  if (!isGood) {
    throw wrong(
      "the path of a file is not allowed",
      "Use plain relative paths such as lib/util.ts",
      {
        path: path.slice(0, INLINE_LIMITS.pathCharacters),
      },
    );
  }
  for (let depth = 1; depth < parts.length; depth++) {
    if (paths.has(parts.slice(0, depth).join("/"))) {
      throw wrong("a file has the name of a directory", "Rename one of them", { path });
    }
  }
}

function checkDependencies(dependencies: Readonly<Record<string, string>>): void {
  const entries = Object.entries(dependencies);
  if (entries.length > INLINE_LIMITS.dependencies) {
    throw wrong(`at most ${INLINE_LIMITS.dependencies} dependencies are allowed`);
  }
  for (const [name, version] of entries) {
    if (isPackageName(name) && semver.valid(version) === version) continue;
    throw wrong(
      "a dependency is not an npm package with an exact version",
      'Pin each one, as in "zod": "4.1.5"',
      { dependency: name.slice(0, INLINE_LIMITS.pathCharacters) },
    );
  }
}

function wrong(
  state: string,
  suggestion = "See /docs for what source may consist of",
  details: Readonly<Record<string, unknown>> = {},
): AirlockError {
  return new AirlockError("invalid_input", `check source: ${state}`, {
    stage: "request",
    suggestion,
    details,
  });
}
