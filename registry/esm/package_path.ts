import { AirlockError } from "../../spec/errors.ts";

/** A package as esm.sh-compatible origins spell it in a path. */
export interface PackagePath {
  /** With its scope. */
  readonly name: string;
  /** Exact version, range or tag. */
  readonly version?: string;
  /** Without a leading slash. */
  readonly subpath?: string;
}

const NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-zA-Z0-9~-][a-zA-Z0-9._~-]*$/;
const MAX_NAME_CHARACTERS = 214;
/** No `&`, `/`, `?`, `#`, `%`: an origin would read build options or another path out of them. */
const VERSION = /^[0-9A-Za-z.\-+^~*<>=| _]{1,128}$/;
const SUBPATH = /^(?:[A-Za-z0-9_~+-][A-Za-z0-9._~+-]*\/)*[A-Za-z0-9_~+-][A-Za-z0-9._~+-]*$/;
const MAX_SUBPATH_CHARACTERS = 512;
/** Semantic Versioning 2.0.0, without a leading `v`. */
const EXACT =
  /^(?:0|[1-9]\d{0,15})\.(?:0|[1-9]\d{0,15})\.(?:0|[1-9]\d{0,15})(?:-[0-9A-Za-z.-]{1,100})?(?:\+[0-9A-Za-z.-]{1,100})?$/;

const BAD_VERSION = "the version is not a version, a range or a tag";

/** Whether `version` names exactly one release. */
export function isExactVersion(version: string): boolean {
  return EXACT.test(version);
}

/**
 * Splits `name`, `@scope/name` and either with a subpath, as callers write them in `packageName`.
 * @throws {AirlockError} `invalid_input` where any part could change the meaning of a URL.
 */
export function parsePackageName(packageName: string, version?: string): PackagePath {
  const segments = packageName.split("/");
  const nameLength = packageName.startsWith("@") ? 2 : 1;
  const name = segments.slice(0, nameLength).join("/");
  const subpath = segments.length > nameLength ? segments.slice(nameLength).join("/") : undefined;
  const parsed = { name, version, subpath };
  const fault = packagePathFault(parsed);
  if (fault !== null) {
    throw new AirlockError("invalid_input", `Resolve package: ${fault}`, {
      stage: "resolve",
      suggestion: fault === BAD_VERSION
        ? "Send a version such as 1.2.3, a range such as ^1.2.0, a tag such as latest, or none"
        : "Write the package as npm does: name or @scope/name, optionally with a subpath",
    });
  }
  return parsed;
}

/** What is wrong with `path`, or `null`. */
export function packagePathFault(path: PackagePath): string | null {
  if (path.name.length > MAX_NAME_CHARACTERS || !NAME.test(path.name)) {
    return "the name is not an npm package name";
  }
  if (path.version !== undefined && !VERSION.test(path.version)) {
    return BAD_VERSION;
  }
  if (
    path.subpath !== undefined &&
    (path.subpath.length > MAX_SUBPATH_CHARACTERS || !SUBPATH.test(path.subpath))
  ) {
    return "the subpath holds characters that package subpaths do not have";
  }
  return null;
}

/** The path at the origin, escaped; `latest` where no version is given. */
export function formatPackagePath(path: PackagePath): string {
  // The version is always written: some bare names (`/run`, `/tsx`) are pages of the origin itself.
  const version = encodeURIComponent(path.version ?? "latest");
  return `/${path.name}@${version}${path.subpath === undefined ? "" : `/${path.subpath}`}`;
}

/** The exact version of package `name` in a URL path at the origin, or `undefined`. */
export function exactVersionIn(pathname: string, name: string): string | undefined {
  const start = pathname.startsWith("/*") ? 2 : 1;
  if (!pathname.startsWith(`${name}@`, start)) return undefined;
  const version = pathname.slice(start + name.length + 1).split("/", 1)[0]!;
  const decoded = decode(version);
  return decoded !== undefined && isExactVersion(decoded) ? decoded : undefined;
}

/** `decodeURIComponent` that answers `undefined` for broken escapes. */
export function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // Only a malformed escape can throw here, and `undefined` says exactly that.
    return undefined;
  }
}
