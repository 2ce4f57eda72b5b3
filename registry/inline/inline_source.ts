import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import type {
  ArtifactLock,
  FetchedPackage,
  PackageSource,
  ResolvedPackage,
  StepOptions,
} from "../../spec/artifact.ts";
import { canonicalJson } from "../../spec/canonical_json.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { InstalledDependencies } from "../npm/npm_source.ts";
import { checkInlineCode, type InlineCode } from "./inline_code.ts";
import { moduleBytes } from "./inline_plugin.ts";

/** What an inline source is made of. */
export interface InlineSourceOptions {
  /** The code of an exact version; `undefined` where there is none. */
  readonly readCode: (packageName: string, version: string) => Promise<InlineCode | undefined>;
  /** The newest version that works; `undefined` where there is none. */
  readonly readLatest: (packageName: string) => Promise<string | undefined>;
  /** Installs npm packages with all they depend on, as the npm source does. */
  readonly install: (
    dependencies: Readonly<Record<string, string>>,
    options: StepOptions & { readonly directory: string; readonly lock?: ArtifactLock },
  ) => Promise<InstalledDependencies>;
}

/**
 * Source that callers brought. Who may have which of it is not decided here: whoever asks has to
 * know before.
 */
export function createInlineSource(options: InlineSourceOptions): PackageSource {
  const { readCode, readLatest } = options;
  const find = async (packageName: string, version: string) => {
    const code = await readCode(packageName, version);
    if (code === undefined) throw notThere(packageName);
    return code;
  };
  return {
    kind: "inline",
    async resolve(packageName, version) {
      const wish = version === undefined || version === "latest"
        ? await readLatest(packageName)
        : version;
      if (wish === undefined) throw notThere(packageName);
      const integrity = integrityOf(canonicalJson(await find(packageName, wish)));
      return { source: "inline", packageName, version: wish, integrity };
    },
    async fetch(resolved, step) {
      const code = await find(resolved.packageName, resolved.version);
      return await fetchInline({ resolved, code }, { ...options, ...step });
    },
  };
}

async function fetchInline(
  { resolved, code }: { readonly resolved: ResolvedPackage; readonly code: InlineCode },
  options: InlineSourceOptions & StepOptions & {
    readonly directory: string;
    readonly lock?: ArtifactLock;
  },
): Promise<FetchedPackage> {
  // What is kept may be older than today's rules.
  checkInlineCode(code);
  const modules: Record<string, string> = {};
  const plugin = Object.entries(code.modules ?? {})
    .map(([name, text]) => [name, moduleBytes(text)] as const);
  for (const [path, content] of [...Object.entries(code.files), ...plugin]) {
    modules[path] = integrityOf(content);
  }
  if (options.lock !== undefined) compareModules(options.lock.modules, modules);
  const directory = await Deno.realPath(options.directory);
  const installed = Object.keys(code.dependencies).length === 0
    ? { projectDirectory: join(directory, "project"), packages: {}, ...NOTHING_DOWNLOADED }
    : await options.install(code.dependencies, { ...options, directory });
  for (const [path, text] of Object.entries(code.files)) {
    const file = join(installed.projectDirectory, path);
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeTextFile(file, text, { createNew: true });
  }
  for (const [name, bytes] of plugin) {
    await Deno.mkdir(installed.projectDirectory, { recursive: true });
    await Deno.writeFile(join(installed.projectDirectory, name), bytes, { createNew: true });
  }
  return {
    resolved,
    directory,
    entry: join(installed.projectDirectory, code.entry),
    packageJson: { ...code.packageJson, type: "module" },
    lock: { packages: installed.packages, modules },
    networkMs: installed.networkMs,
    downloadedBytes: installed.downloadedBytes,
  };
}

const NOTHING_DOWNLOADED = { networkMs: 0, downloadedBytes: 0 };

function compareModules(
  expected: Readonly<Record<string, string>>,
  actual: Readonly<Record<string, string>>,
): void {
  if (canonicalJson(expected) === canonicalJson(actual)) return;
  throw new AirlockError("artifact_failed", "Fetch the source: it is not what it was at first", {
    stage: "fetch",
    suggestion: "Bring the source again: that makes a version of its own",
    details: { step: "fetch", reason: "lock_mismatch" },
  });
}

function integrityOf(content: string | Uint8Array): string {
  return `sha256-${createHash("sha256").update(content).digest("base64")}`;
}

function notThere(packageName: string): AirlockError {
  return new AirlockError("tool_not_found", "find source: there is none of that name and version", {
    stage: "resolve",
    suggestion: "Send packageName and version as POST /api/tools answered them",
    details: { packageName: packageName.slice(0, 100) },
  });
}
