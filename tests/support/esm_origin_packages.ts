import { isBuiltin } from "node:module";
import { exports as resolveExports } from "resolve.exports";
import semver from "semver";
import { isJsonObject, type JsonObject } from "../../spec/json.ts";

/** A real package on disk, as `deno install` put it there. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Absolute path, symbolic links resolved. */
  readonly directory: string;
  readonly packageJson: JsonObject;
}

/** Real npm packages with all they depend on, installed once into a directory of their own. */
export class EsmOriginPackages {
  readonly #packages = new Map<string, InstalledPackage[]>();

  /** Installs `dependencies` (name → version or range) into the empty `directory`. */
  static async install(
    dependencies: Readonly<Record<string, string>>,
    directory: string,
  ): Promise<EsmOriginPackages> {
    const installed = new EsmOriginPackages();
    if (Object.keys(dependencies).length === 0) return installed;
    await Deno.writeTextFile(`${directory}/package.json`, JSON.stringify({ dependencies }));
    await Deno.writeTextFile(
      `${directory}/deno.json`,
      JSON.stringify({ nodeModulesDir: "auto", minimumDependencyAge: "0" }),
    );
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["install", "--quiet"],
      cwd: directory,
      stdout: "null",
    }).output();
    if (!success) throw new Error(`deno install failed: ${new TextDecoder().decode(stderr)}`);
    const store = `${directory}/node_modules/.deno`;
    for await (const entry of Deno.readDir(store)) {
      const match = /^(@?[^@]+)@/.exec(entry.name);
      if (!entry.isDirectory || match === null) continue;
      const name = match[1]!.replace("+", "/");
      const path = `${store}/${entry.name}/node_modules/${name}`;
      // The project itself is listed too, without files of its own.
      if (await isFile(`${path}/package.json`)) await installed.add(name, path);
    }
    return installed;
  }

  /** Adds a package that lies at `path`, its name and version as its `package.json` says. */
  async add(name: string, path: string): Promise<void> {
    const directory = await Deno.realPath(path);
    const packageJson: unknown = JSON.parse(
      await Deno.readTextFile(`${directory}/package.json`),
    );
    if (!isJsonObject(packageJson)) throw new Error(`not a package: ${name}`);
    const version = String(packageJson.version);
    const versions = this.#packages.get(name) ?? [];
    if (versions.some((known) => known.version === version)) return;
    this.#packages.set(name, [...versions, { name, version, directory, packageJson }]);
  }

  /** The best installed match of a version, range or tag. */
  find(name: string, wanted: string): InstalledPackage | undefined {
    const versions = this.#packages.get(name) ?? [];
    const range = semver.validRange(wanted) === null ? "*" : wanted;
    const best = semver.maxSatisfying(versions.map(({ version }) => version), range, {
      includePrerelease: semver.validRange(wanted) === null,
    });
    return versions.find(({ version }) => version === best);
  }
}

/** The version or range that `importer` wants of `dependency`; `latest` where it does not say. */
export function wantedVersion(importer: InstalledPackage, dependency: string): string {
  for (const field of ["dependencies", "peerDependencies", "optionalDependencies"]) {
    const declared = importer.packageJson[field];
    if (isJsonObject(declared) && typeof declared[dependency] === "string") {
      return declared[dependency].trim();
    }
  }
  return "latest";
}

/** Splits `name/sub`, `@scope/name/sub`. */
export function splitSpecifier(specifier: string): { name: string; subpath: string } {
  const segments = specifier.split("/");
  const length = specifier.startsWith("@") ? 2 : 1;
  return { name: segments.slice(0, length).join("/"), subpath: segments.slice(length).join("/") };
}

/** Whether `specifier` is a Node built-in, with or without its prefix. */
export function isNodeBuiltin(specifier: string): boolean {
  return specifier.startsWith("node:") || isBuiltin(specifier);
}

/** Path, inside the package, of what `import "name/subpath"` loads in Deno; `undefined` if nothing. */
export async function entryOf(
  installed: InstalledPackage,
  subpath: string,
): Promise<string | undefined> {
  const { packageJson, directory } = installed;
  const candidates: string[] = [];
  if (packageJson.exports !== undefined) {
    for (const format of ["import", "require"]) {
      const path = subpath === "" ? "." : `./${subpath}`;
      const found = conditionalEntry(packageJson, { path, format });
      if (found !== undefined) candidates.push(found);
    }
  } else if (subpath === "") {
    for (const field of [packageJson.module, packageJson.main]) {
      if (typeof field === "string") candidates.push(field, `${field}.js`, `${field}/index.js`);
    }
    candidates.push("index.mjs", "index.js");
  } else {
    candidates.push(subpath, `${subpath}.mjs`, `${subpath}.js`, `${subpath}/index.js`);
  }
  for (const candidate of candidates) {
    if (await isFile(`${directory}/${candidate}`)) return candidate.replace(/^\.\//, "");
  }
  return undefined;
}

function conditionalEntry(
  packageJson: JsonObject,
  options: { readonly path: string; readonly format: string },
): string | undefined {
  try {
    return resolveExports(packageJson, options.path, {
      unsafe: true,
      conditions: ["deno", options.format, "module", "default"],
    })?.[0];
  } catch {
    // The library throws where the package does not export `path`: that is the answer.
    return undefined;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    // Anything that cannot be looked at cannot be served either.
    return false;
  }
}
