import { AirlockError } from "../../spec/errors.ts";
import { decode, packagePathFault } from "./package_path.ts";

/** What an import URL names; `packageName` and `subpath` joined by `/` are a source's package name. */
export interface ImportTarget {
  readonly packageName: string;
  /** Exact version, range or tag. */
  readonly version?: string;
  /** Without a leading slash. */
  readonly subpath?: string;
}

const MAX_CHARACTERS = 2_048;
/** Paths that are not npm packages at an esm.sh-compatible origin. */
const OTHER_ROUTES = /^(?:gh|github\.com|pr|pkg\.pr\.new|jsr|node|embed|stable|v\d+)\//;
/** Build options that change nothing about what a tool does. */
const IGNORED_OPTIONS = new Set(["target", "bundle", "no-bundle", "no-dts", "no-check"]);

/**
 * Reads the `importUrl` of the older executor contract. It is never fetched as given: it only names
 * a package at the configured origin, and any spelling that a URL parser would have to repair
 * (other case, port, credentials, backslash, dot segments, trailing dot) is refused.
 * @throws {AirlockError} `invalid_input`.
 */
export function parseImportUrl(importUrl: string, origin: URL): ImportTarget {
  const prefix = `${origin.origin}/`;
  if (importUrl.length > MAX_CHARACTERS) throw refused("longer than 2048 characters", origin);
  if (!importUrl.startsWith(prefix)) throw refused("it is not at the configured origin", origin);
  // The prefix alone decides for every known parser; this guards against the unknown one.
  if (!URL.canParse(importUrl) || new URL(importUrl).origin !== origin.origin) {
    throw refused("it is not at the configured origin", origin);
  }
  const match = /^([^?#\\]*)(?:\?([^#]*))?$/.exec(importUrl.slice(prefix.length));
  if (match === null) throw refused("it holds a fragment or a backslash", origin);
  const path = match[1]!;
  for (const option of new URLSearchParams(match[2] ?? "").keys()) {
    if (!IGNORED_OPTIONS.has(option)) {
      throw refused("it carries build options that cannot be honoured", origin);
    }
  }
  if (OTHER_ROUTES.test(path)) throw refused("it does not name an npm package", origin);
  const parts = /^(@[^/@]+\/[^/@]+|[^/@]+)(?:@([^/]+))?(?:\/(.+))?$/.exec(path);
  if (parts === null) throw refused("it does not name an npm package", origin);
  const version = parts[2] === undefined ? undefined : decode(parts[2]);
  if (parts[2] !== undefined && version === undefined) {
    throw refused("its version is not a version, a range or a tag", origin);
  }
  const target = { packageName: parts[1]!, version, subpath: parts[3] };
  const fault = packagePathFault({ name: target.packageName, version, subpath: target.subpath });
  if (fault !== null) throw refused(fault, origin);
  return target;
}

function refused(state: string, origin: URL): AirlockError {
  return new AirlockError("invalid_input", `Read importUrl: ${state}`, {
    stage: "request",
    suggestion: `Leave importUrl out, or write it as ${origin.origin}/<package>@<version>`,
  });
}
