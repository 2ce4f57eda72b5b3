import * as esbuild from "esbuild";
import { AirlockError } from "../../../spec/errors.ts";
import type { BuildLimits } from "./build_limits.ts";
import { cjsExports } from "./cjs_exports.ts";
import { entryModule } from "./entry_module.ts";
import { type Bundle, finishBundle } from "./finish_bundle.ts";
import type { InputScope } from "./input_scope.ts";
import { LOCATION } from "./module_facts.ts";
import { nodeBuiltins } from "./node_builtins.ts";
import { type GuardReport, packageGuard } from "./package_guard.ts";
import { packageShims } from "./package_shims.ts";
import { refuseAbsent } from "./refuse_absent.ts";
import { finalUrl, URL_NAMESPACE, urlModules, type UrlModuleSet } from "./url_modules.ts";

/** What to bundle. */
export interface BundleRequest {
  /** Real path of the entry, or its URL where `urls` is set. */
  readonly entry: string;
  readonly scope: InputScope;
  readonly urls: UrlModuleSet | undefined;
  readonly limits: BuildLimits;
  /** Whether code may be told at build time that `NODE_ENV` is `production`. */
  readonly fixNodeEnv: boolean;
}

/** Why there is no bundle: the bundler's own words, for the first fault. */
export interface BundleFault {
  readonly fault: string;
}

/** A failed attempt is repeated more carefully; the second failure counts. */
const CAREFUL = [false, true] as const;

/**
 * Bundles a package to one ES module whose only imports are `node:` built-ins.
 * @throws {AirlockError} `artifact_failed` where the package asks for something that is never given.
 */
export async function bundlePackage(request: BundleRequest): Promise<Bundle | BundleFault> {
  let fault = "";
  for (const careful of CAREFUL) {
    const report: GuardReport = { outside: false, warnings: new Set() };
    let result = await attempt(request, { careful, report, names: undefined });
    if (!("fault" in result) && isCommonJs(result.metafile)) {
      const names = request.urls === undefined
        ? await cjsExports(request.entry, request.scope)
        : [];
      result = await attempt(request, { careful, report, names });
    }
    if ("fault" in result) {
      if (result.refusal !== undefined && (careful || !report.outside)) throw result.refusal;
      fault = result.fault;
      continue;
    }
    const missing = careful ? undefined : leftOver(result.metafile);
    if (missing !== undefined) {
      // Inside a `try` the bundler lets such an import be, in the hope that it is there later.
      fault = `it imports ${JSON.stringify(missing)}, which is not there`;
      continue;
    }
    refuseAbsent(result.metafile, request.scope);
    const { outputBytes } = request.limits;
    if (result.text.length > outputBytes) {
      return { fault: `as a bundle it has more than ${outputBytes} bytes` };
    }
    return finishBundle(result, { warnings: [...report.warnings] });
  }
  return { fault };
}

interface Attempt {
  readonly careful: boolean;
  readonly report: GuardReport;
  /** Exports to spell out for a CommonJS entry. */
  readonly names: readonly string[] | undefined;
}

interface Made {
  readonly text: string;
  readonly metafile: esbuild.Metafile;
}

async function attempt(
  { entry, scope, urls, fixNodeEnv }: BundleRequest,
  { careful, report, names }: Attempt,
): Promise<Made | (BundleFault & { readonly refusal: AirlockError | undefined })> {
  const target = urls === undefined
    ? { path: entry, namespace: "file" }
    : { path: finalUrl(entry, urls) ?? entry, namespace: URL_NAMESPACE };
  try {
    const result = await esbuild.build({
      entryPoints: ["airlock:entry"],
      absWorkingDir: scope.root,
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      platform: "node",
      target: "esnext",
      charset: "utf8",
      legalComments: "none",
      // Dead branches go, names stay: a stack trace is read by whoever wrote the tool.
      minifySyntax: true,
      // `error.name` and `fn.name` are output of many tools. What that costs at run time is taken
      // out again by `withoutNaturalNames`.
      keepNames: true,
      sourcemap: false,
      logLevel: "silent",
      // A package's own tsconfig could extend files anywhere.
      tsconfigRaw: {},
      outfile: "bundle.mjs",
      loader: { ".css": "text", ".txt": "text", ".html": "text", ".svg": "text", ".md": "text" },
      define: {
        __dirname: LOCATION.dirname,
        __filename: LOCATION.filename,
        ...fixNodeEnv ? { "process.env.NODE_ENV": '"production"' } : {},
      },
      plugins: [
        entryModule(target, names),
        nodeBuiltins(),
        packageShims(),
        ...urls === undefined ? [] : [urlModules(urls)],
        packageGuard({ scope, report, careful }),
      ],
    });
    const output = result.outputFiles[0];
    return { text: output?.text ?? "", metafile: result.metafile };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    const refusal = error.errors.map(({ detail }): unknown => detail)
      .find((detail) => detail instanceof AirlockError);
    return { fault: faultOf(error.errors, scope), refusal };
  }
}

function isBuildFailure(error: unknown): error is esbuild.BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}

function faultOf(errors: readonly esbuild.Message[], scope: InputScope): string {
  const [first] = errors;
  if (first === undefined) return "the bundler gave no reason";
  const text = first.text.replaceAll(scope.root, "");
  if (first.location === null) return text;
  const { file, line } = first.location;
  return `${text} (${scope.display(`${scope.root}/${file}`)}:${line})`;
}

/** A package that the bundle would still ask for. */
function leftOver({ outputs }: esbuild.Metafile): string | undefined {
  return Object.values(outputs)[0]?.imports
    .find(({ path, kind }) => kind === "dynamic-import" && !path.startsWith("node:"))?.path;
}

function isCommonJs({ inputs, outputs }: esbuild.Metafile): boolean {
  const entry = Object.values(outputs)[0]?.entryPoint;
  return entry !== undefined && inputs[entry]?.format === "cjs";
}
