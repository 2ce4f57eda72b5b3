import { isBuiltin } from "node:module";
import type { AirlockError } from "../../spec/errors.ts";
import { esmError, quoted } from "./esm_error.ts";
import { isAtOrigin } from "./origin_client.ts";

/** Who imports, and from where modules may come. */
export interface ResolveSpecifierOptions {
  /** Final URL of the importing module. */
  readonly importer: URL;
  readonly origin: URL;
}

/**
 * The URL that `specifier` means, or `null` where it needs no download: Node built-ins and `data:`.
 * @throws {AirlockError} `artifact_failed` at stage `fetch` for anything outside the origin.
 */
export function resolveSpecifier(specifier: string, options: ResolveSpecifierOptions): URL | null {
  if (specifier.startsWith("node:") || isBuiltin(specifier)) return null;
  const relative = /^(?:\/|\.\/|\.\.\/)/.test(specifier);
  if (!relative && !URL.canParse(specifier)) throw forbidden(specifier, options);
  if (!URL.canParse(specifier, options.importer)) throw forbidden(specifier, options);
  const url = new URL(specifier, options.importer);
  if (url.protocol === "data:") return null;
  if (!isAtOrigin(url, options.origin)) throw forbidden(specifier, options);
  return url;
}

function forbidden(specifier: string, options: ResolveSpecifierOptions): AirlockError {
  const importer = options.importer.pathname;
  return esmError({
    reason: "forbidden_import",
    message: `Fetch ${quoted(importer)}: it imports ${
      quoted(specifier)
    }, which is not at the esm origin`,
  }, {
    stage: "fetch",
    suggestion: "Take the package from npm, where its dependencies are resolved by name",
    details: { specifier: specifier.slice(0, 200), importer },
  });
}
