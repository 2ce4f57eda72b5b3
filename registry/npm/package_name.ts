import { AirlockError } from "../../spec/errors.ts";

/** A package name split from the subpath that follows it. */
export interface PackageSpecifier {
  /** `name` or `@scope/name`. */
  readonly name: string;
  /** `.` for the package itself, else `./sub/path` as in an `exports` map. */
  readonly subpath: string;
}

/** npm's limit on the length of a name, scope included. */
const MAX_NAME_LENGTH = 214;
const MAX_SPECIFIER_LENGTH = 512;
// Upper case survives in names older than npm's rule; everything else that npm refuses is refused.
const PART = /^[A-Za-z0-9~!'()*-][A-Za-z0-9~!'()*._-]*$/;
const SCOPE = /^@[A-Za-z0-9~!'()*-][A-Za-z0-9~!'()*._-]*$/;
const SUBPATH_PART = /^[A-Za-z0-9@~!$&'()+,=_-][A-Za-z0-9@~!$&'()+,=._-]*$/;
const RESERVED = new Set(["node_modules", "favicon.ico"]);

/** Whether `name` is `name` or `@scope/name` by npm's grammar, and so safe as a path and in a URL. */
export function isPackageName(name: string): boolean {
  if (name.length === 0 || name.length > MAX_NAME_LENGTH) return false;
  const parts = name.split("/");
  const last = parts.at(-1);
  if (last === undefined || !PART.test(last) || RESERVED.has(last.toLowerCase())) return false;
  const scope = parts[0];
  return parts.length === 1 || (parts.length === 2 && scope !== undefined && SCOPE.test(scope));
}

/**
 * Splits `lodash/get` or `@scope/name/sub` into name and subpath.
 * @throws {AirlockError} `invalid_input` for anything else: paths, URLs, `npm:` specifiers.
 */
export function parsePackageSpecifier(specifier: string): PackageSpecifier {
  const parts = specifier.length > MAX_SPECIFIER_LENGTH ? [] : specifier.split("/");
  const nameLength = specifier.startsWith("@") ? 2 : 1;
  const name = parts.slice(0, nameLength).join("/");
  const rest = parts.slice(nameLength);
  if (isPackageName(name) && rest.every((part) => SUBPATH_PART.test(part))) {
    return { name, subpath: rest.length === 0 ? "." : `./${rest.join("/")}` };
  }
  throw new AirlockError("invalid_input", "read package name: not an npm package name", {
    stage: "resolve",
    suggestion: "Send a plain npm name such as name or @scope/name, with the version apart.",
    details: { packageName: specifier.slice(0, 100) },
  });
}
