import { initSync as initCjsLexer, parse as parseCjs } from "cjs-module-lexer";
import { build, type Plugin } from "esbuild";
import {
  type EsmOriginPackages,
  type InstalledPackage,
  isNodeBuiltin,
  splitSpecifier,
  wantedVersion,
} from "./esm_origin_packages.ts";

/** One module built the way esm.sh builds it: the package itself bundled, what it needs by URL. */
export interface EsmBuild {
  readonly code: string;
  readonly hasDefaultExport: boolean;
  /** Import paths of other packages, for the entry module to preload. */
  readonly imports: readonly string[];
}

/** What is built, and for whom. */
export interface EsmBuildOptions {
  readonly packages: EsmOriginPackages;
  readonly installed: InstalledPackage;
  /** Path of the module inside the package. */
  readonly entry: string;
  readonly target: string;
  /** The `/*pkg` marker: imports of other packages stay bare. */
  readonly externalAll: boolean;
}

/** Builds one module of a package. */
export async function buildEsmModule(options: EsmBuildOptions): Promise<EsmBuild> {
  const first = await runEsbuild(options, undefined);
  if (first.entryFormat !== "cjs") return first;
  const names = await commonJsNames(`${options.installed.directory}/${options.entry}`, new Set());
  const named = [...names].filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== "default");
  return await runEsbuild(
    options,
    [
      `import * as ns from "./${options.entry}";`,
      `const whole = ns.default === undefined ? ns : ns.default;`,
      `export default whole;`,
      ...named.map((name, index) => `const v${index} = ns[${JSON.stringify(name)}];`),
      `export { ${named.map((name, index) => `v${index} as ${name}`).join(", ")} };`,
    ].join("\n"),
  );
}

async function runEsbuild(options: EsmBuildOptions, wrapper: string | undefined) {
  const { installed, target } = options;
  const imports = new Set<string>();
  const result = await build({
    ...(wrapper === undefined
      ? { entryPoints: [`${installed.directory}/${options.entry}`] }
      : { stdin: { contents: wrapper, resolveDir: installed.directory, loader: "js" as const } }),
    absWorkingDir: installed.directory,
    bundle: true,
    write: false,
    outdir: "/out",
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["deno", "module"],
    target: target.startsWith("es") ? target : "esnext",
    minify: true,
    metafile: true,
    logLevel: "silent",
    define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
    plugins: [externalsPlugin(options, imports)],
  });
  const output = Object.values(result.metafile.outputs).find(({ entryPoint }) => entryPoint);
  const input = result.metafile.inputs[options.entry];
  const { name, version } = installed;
  return {
    code: `/* esm.sh - ${name}@${version} */\n${result.outputFiles[0]!.text}`,
    hasDefaultExport: output?.exports.includes("default") ?? false,
    imports: [...imports].sort(),
    entryFormat: input?.format,
  };
}

/** Leaves other packages to the origin, and turns `require` of them into imports. */
function externalsPlugin(options: EsmBuildOptions, imports: Set<string>): Plugin {
  return {
    name: "esm-origin-externals",
    setup(plugin) {
      plugin.onResolve({ filter: /^[^./#]/ }, (args) => {
        if (args.kind === "entry-point" || /^whole/.test(args.path + args.namespace)) {
          return undefined;
        }
        const path = importPath(args.path, { ...options, json: args.with.type === "json" });
        if (path === undefined) return undefined;
        if (args.kind === "require-call") return { path: `${path}#`, namespace: "required" };
        if (path.startsWith("/") && args.with.type !== "json") imports.add(path);
        return { path, external: true };
      });
      // `require` of a CommonJS shim, which takes one value out of a module that imports. The `#`
      // hides an `.mjs` ending, by which esbuild would not take the shim for CommonJS.
      plugin.onLoad({ filter: /.*/, namespace: "required" }, ({ path }) => ({
        contents: `module.exports = require(${
          JSON.stringify(`whole:${path.slice(0, -1)}`)
        }).whole;`,
      }));
      plugin.onResolve({ filter: /^whole:/ }, ({ path }) => ({
        path: path.slice("whole:".length),
        namespace: "whole",
      }));
      plugin.onResolve({ filter: /.*/, namespace: "whole" }, ({ path }) => {
        if (path.startsWith("/")) imports.add(path);
        return { path, external: true };
      });
      plugin.onLoad({ filter: /.*/, namespace: "whole" }, ({ path }) => ({
        contents: [
          `import * as ns from ${JSON.stringify(path)};`,
          `export const whole = ns.__esModule ? ns : ns.default ?? ns;`,
        ].join("\n"),
      }));
    },
  };
}

function importPath(
  specifier: string,
  options: EsmBuildOptions & { readonly json: boolean },
): string | undefined {
  const { installed, target, packages } = options;
  if (/^https?:/.test(specifier)) return specifier;
  if (isNodeBuiltin(specifier)) {
    const name = specifier.replace(/^node:/, "");
    return target === "denonext" ? `node:${name}` : `/node/${name}.mjs`;
  }
  const { name, subpath } = splitSpecifier(specifier);
  if (name === installed.name) return undefined;
  if (options.externalAll) return specifier;
  const wanted = wantedVersion(installed, name);
  const dependency = packages.find(name, wanted);
  if (dependency === undefined) {
    const importer = `${installed.name}@${installed.version}`;
    return `/error.js?type=resolve&name=${name}&importer=${importer}`;
  }
  if (/^\d+\.\d+\.\d+/.test(wanted)) {
    return buildPath(dependency, { subpath, target });
  }
  const range = /[| ]/.test(wanted) ? `^${dependency.version}` : wanted;
  const path = `/${name}@${range}${subpath === "" ? "" : `/${subpath}`}`;
  if (options.json) return path;
  return subpath.endsWith(".json") ? `${path}?module` : `${path}?target=${target}`;
}

/** Path of the built module, as esm.sh names it. */
export function buildPath(
  installed: InstalledPackage,
  options: { readonly subpath: string; readonly target: string; readonly externalAll?: boolean },
): string {
  const base = installed.name.split("/").at(-1)!.replace(/\.js$/, "");
  const bare = options.subpath.replace(/\.(?:mjs|js|cjs)$/, "");
  const file = bare === "" ? base : bare === base ? `__${bare}` : bare;
  const marker = options.externalAll ? "*" : "";
  return `/${marker}${installed.name}@${installed.version}/${options.target}/${file}.mjs`;
}

/** Export names of a CommonJS file, re-exported ones included, read without running it. */
async function commonJsNames(file: string, seen: Set<string>): Promise<Set<string>> {
  const names = new Set<string>();
  if (seen.has(file)) return names;
  seen.add(file);
  initCjsLexer();
  const { exports, reexports } = parseCjs(await Deno.readTextFile(file));
  for (const name of exports) names.add(name);
  for (const specifier of reexports.filter((path) => path.startsWith("."))) {
    const base = new URL(specifier, `file://${file}`).pathname;
    for (const candidate of [base, `${base}.js`, `${base}/index.js`]) {
      if (!(await Deno.stat(candidate).catch(() => null))?.isFile) continue;
      for (const name of await commonJsNames(candidate, seen)) names.add(name);
      break;
    }
  }
  return names;
}
