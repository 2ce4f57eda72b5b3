import { join } from "node:path";
import type { ArtifactManifest, ResolvedPackage } from "../../spec/artifact.ts";
import type { ArtifactLease } from "../../runtime/artifact/artifact_lease.ts";
import type { ArtifactStore } from "../../runtime/artifact/artifact_store.ts";

/** A resolved npm package; every member can be replaced. */
export function sampleResolved(members: Partial<ResolvedPackage> = {}): ResolvedPackage {
  return { source: "npm", packageName: "sample", version: "1.0.0", ...members };
}

/** A manifest with one tool `echo`; every member can be replaced. */
export function sampleManifest(members: Partial<ArtifactManifest> = {}): ArtifactManifest {
  return {
    formatVersion: 1,
    resolved: sampleResolved(),
    form: "bundle",
    entry: "bundle.mjs",
    description: "A sample",
    category: null,
    tools: [{
      name: "echo",
      description: "Gives back what it is given",
      shape: "function",
      inputSchema: null,
      outputSchema: null,
      schemaStrategy: "none",
      warnings: [],
    }],
    otherExports: [],
    env: [],
    needs: {},
    uses: { nodeBuiltins: [], globals: [], env: [] },
    runtimes: [{ runtime: "deno", ok: true }],
    warnings: [],
    ...members,
  };
}

/** How a sample differs from the next one. */
export interface SampleOptions {
  readonly packageName?: string;
  readonly version?: string;
  /** Path → content. */
  readonly files?: Readonly<Record<string, string>>;
  /** `name@version` → integrity. */
  readonly packages?: Readonly<Record<string, string>>;
}

/** Builds nothing, but puts an artifact into `store` the way a build does. */
export async function putSample(
  store: ArtifactStore,
  options: SampleOptions = {},
): Promise<ArtifactLease> {
  const { packageName = "sample", version = "1.0.0" } = options;
  const { files = { "bundle.mjs": "export const echo = (x) => x;\n" } } = options;
  const { packages = { [`${packageName}@${version}`]: "sha512-AAAA" } } = options;
  await using staged = await store.stage();
  const code = join(staged.path, "out");
  for (const [path, content] of Object.entries(files)) {
    await Deno.mkdir(join(code, path, ".."), { recursive: true });
    await Deno.writeTextFile(join(code, path), content);
  }
  const manifest = sampleManifest({ resolved: sampleResolved({ packageName, version }) });
  return await store.put(code, { manifest, lock: { packages, modules: {} } });
}

/** A directory that is gone, with all that is in it, when the test ends. */
export async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir({ prefix: "airlock_test_" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
