import { init, parse } from "es-module-lexer";
import type { ContentKind } from "./content_kind.ts";

/** One module that another refers to by a literal. */
export interface ModuleImport {
  readonly specifier: string;
  /** The kind that the import itself demands, by its attributes or its phase. */
  readonly expects?: ContentKind;
  readonly dynamic: boolean;
}

/** Everything a JavaScript module refers to by literals. */
export interface ModuleReferences {
  readonly imports: readonly ModuleImport[];
  /** First arguments of `new URL("…", import.meta.url)`. */
  readonly assets: readonly string[];
}

const EXPECTED_KINDS: Readonly<Record<string, ContentKind>> = {
  json: "json",
  css: "css",
  wasm: "wasm",
};
const ASSET_BEFORE = /new\s+URL\(\s*(?:"([^"\\\n]*)"|'([^'\\\n]*)'|`([^`\\$]*)`)\s*,\s*$/;
const ASSET_AFTER = /^\.url\s*,?\s*\)/;
const MAX_ASSET_EXPRESSION_CHARACTERS = 1_024;

/**
 * Reads the imports of `source` without running it. A lexer, not a parser: what it misses is missing
 * from the graph, and the build, which does parse, then refuses the module.
 * @throws {Error} where `source` is not lexically JavaScript.
 */
export async function readModuleReferences(source: string): Promise<ModuleReferences> {
  await init();
  const imports: ModuleImport[] = [];
  const assets: string[] = [];
  for (const found of parse(source)[0]) {
    if (found.type === "import-meta") {
      const asset = assetAround(source, found);
      if (asset !== null) assets.push(asset);
      continue;
    }
    const dynamic = found.type === "dynamic";
    // A computed dynamic import names nothing yet; the sandbox has no loader that could serve it.
    if (typeof found.specifier !== "string" || (dynamic && found.glob)) continue;
    imports.push({ specifier: found.specifier, expects: expectedKind(found), dynamic });
  }
  return { imports, assets };
}

function expectedKind(
  found: {
    readonly phase: string | null;
    readonly attributes: readonly (readonly [string, string])[] | null;
  },
): ContentKind | undefined {
  if (found.phase === "source") return "wasm";
  const type = found.attributes?.find(([key]) => key === "type")?.[1];
  return type !== undefined && Object.hasOwn(EXPECTED_KINDS, type)
    ? EXPECTED_KINDS[type]
    : undefined;
}

function assetAround(
  source: string,
  meta: { readonly start: number; readonly end: number },
): string | null {
  const from = Math.max(0, meta.start - MAX_ASSET_EXPRESSION_CHARACTERS);
  const before = ASSET_BEFORE.exec(source.slice(from, meta.start));
  if (before === null) return null;
  if (!ASSET_AFTER.test(source.slice(meta.end, meta.end + MAX_ASSET_EXPRESSION_CHARACTERS))) {
    return null;
  }
  return before[1] ?? before[2] ?? before[3] ?? null;
}
