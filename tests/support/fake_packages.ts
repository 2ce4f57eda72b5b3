import { join } from "node:path";
import type {
  ArtifactLock,
  FetchedPackage,
  PackageSource,
  ResolvedPackage,
  StepOptions,
} from "../../spec/artifact.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { ProbeReport } from "../../spec/sandbox.ts";
import type { BuildPackage, ProbePackage } from "../../runtime/artifact/build_steps.ts";

/** Counts and gates of the steps of a build, for tests that need no package. */
export interface FakePackages {
  readonly source: PackageSource;
  readonly build: BuildPackage;
  readonly probe: ProbePackage;
  /** How often each step ran: `resolve`, `fetch`, `build`, `probe`. */
  readonly counts: Readonly<Record<FakeStep, number>>;
  /** Builds running now, and the most there ever were. */
  readonly running: { now: number; most: number };
  /** Runs before a step answers; may throw, wait, or heed the signal. */
  readonly hooks: Partial<Record<FakeStep, (options: StepOptions) => Promise<void> | void>>;
  /** What the next fetches find. */
  published: { integrity: string; code: string; packageJson: JsonObject };
  /** The locks that fetches were given. */
  readonly locks: (ArtifactLock | undefined)[];
}

/** A step that can be counted and hooked. */
export type FakeStep = "resolve" | "fetch" | "build" | "probe";

/** A source that has every package in versions 1.0.0 and 1.1.0, and a build that copies. */
export function fakePackages(kind: "npm" | "esm" = "npm"): FakePackages {
  const counts: Record<FakeStep, number> = { resolve: 0, fetch: 0, build: 0, probe: 0 };
  const hooks: FakePackages["hooks"] = {};
  const running = { now: 0, most: 0 };
  const locks: (ArtifactLock | undefined)[] = [];
  const begin = async (step: FakeStep, options: StepOptions) => {
    counts[step]++;
    options.progress?.(step);
    await hooks[step]?.(options);
    options.signal.throwIfAborted();
  };
  const published = {
    integrity: "sha512-good",
    code: "export const echo = (x) => x;\n",
    packageJson: {},
  };
  const fake: FakePackages = {
    counts,
    hooks,
    running,
    locks,
    published,
    source: {
      kind,
      async resolve(packageName, version, options) {
        await begin("resolve", options);
        if (version !== undefined && !["1.0.0", "1.1.0", "^1.0.0", "beta"].includes(version)) {
          throw notFound(`${packageName}@${version}`);
        }
        const exact = version === "1.0.0" ? "1.0.0" : "1.1.0";
        return { source: kind, packageName, version: exact };
      },
      async fetch(resolved, options) {
        running.most = Math.max(running.most, ++running.now);
        try {
          locks.push(options.lock);
          await begin("fetch", options);
          return await fetched(resolved, { ...fake.published, directory: options.directory });
        } finally {
          running.now--;
        }
      },
    },
    async build({ entry }, options) {
      await begin("build", options);
      await Deno.mkdir(options.outDirectory);
      await Deno.copyFile(entry, join(options.outDirectory, "bundle.mjs"));
      const uses = { nodeBuiltins: [], globals: [], env: [] };
      return { form: "bundle", entry: "bundle.mjs", uses, warnings: [] };
    },
    async probe(_subject, options) {
      await begin("probe", options);
      return FAKE_REPORT;
    },
  };
  return fake;
}

/** What the fake probe finds. */
export const FAKE_REPORT: ProbeReport = {
  tools: [{
    name: "echo",
    description: "",
    shape: "function",
    inputSchema: null,
    outputSchema: null,
    schemaStrategy: "none",
    warnings: [],
  }],
  otherExports: [],
  warnings: [],
};

/** The error of a source that does not have the package. */
export function notFound(what: string): AirlockError {
  return new AirlockError("artifact_failed", `resolve ${what}: not found`, {
    stage: "resolve",
    details: { reason: "not_found" },
  });
}

async function fetched(
  resolved: ResolvedPackage,
  { directory, integrity, code, packageJson }: FakePackages["published"] & { directory: string },
): Promise<FetchedPackage> {
  const entry = join(directory, "index.mjs");
  await Deno.writeTextFile(entry, code);
  const { packageName, version } = resolved;
  const lock = { packages: { [`${packageName}@${version}`]: integrity }, modules: {} };
  return { resolved, directory, entry, packageJson, lock, networkMs: 1, downloadedBytes: 1 };
}
