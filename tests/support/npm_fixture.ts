import type { ArtifactLock, FetchedPackage, PackageSource } from "../../spec/artifact.ts";
import { loadNpmConfig } from "../../registry/npm/npm_config.ts";
import { createNpmSource, type NpmSourceOptions } from "../../registry/npm/npm_source.ts";

/** Options of {@linkcode NpmFixture.create}. */
export interface NpmFixtureOptions extends Partial<Omit<NpmSourceOptions, "cacheDirectory">> {
  /** Base URL of the default registry; the machine's own configuration where absent. */
  readonly registry?: string;
  /** Text of the user's `.npmrc`. */
  readonly npmrc?: string;
}

/** An npm source with everything of its own in one temporary directory. */
export class NpmFixture implements AsyncDisposable {
  readonly #directories: string[] = [];

  private constructor(readonly root: string, readonly source: PackageSource) {}

  /** Makes the directory and the source; disposing removes the directory. */
  static async create(options: NpmFixtureOptions = {}): Promise<NpmFixture> {
    const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "airlock-npm-" }));
    await Deno.mkdir(`${root}/home`);
    await Deno.writeTextFile(`${root}/home/.npmrc`, options.npmrc ?? "");
    const real = options.registry === undefined;
    const source = createNpmSource({
      loadConfig: () =>
        loadNpmConfig({
          registry: options.registry,
          env: real ? Deno.env.toObject() : {},
          home: real ? Deno.env.get("HOME") ?? root : `${root}/home`,
          cwd: root,
        }),
      ...options,
      cacheDirectory: `${root}/cache`,
    });
    return new NpmFixture(root, source);
  }

  /** Resolves and fetches into a new directory. */
  async get(
    packageName: string,
    { version, lock, signal = new AbortController().signal }: {
      readonly version?: string;
      readonly lock?: ArtifactLock;
      readonly signal?: AbortSignal;
    } = {},
  ): Promise<FetchedPackage> {
    const resolved = await this.source.resolve(packageName, version, { signal });
    const directory = `${this.root}/fetch-${this.#directories.length}`;
    this.#directories.push(directory);
    await Deno.mkdir(directory);
    return await this.source.fetch(resolved, { signal, directory, lock });
  }

  /** What is left besides the fetched projects, the cache and the home: must be nothing. */
  async leftovers(): Promise<readonly string[]> {
    const left: string[] = [];
    for (const directory of this.#directories) {
      for await (const entry of Deno.readDir(directory)) {
        if (entry.name !== "project") left.push(`${directory}/${entry.name}`);
      }
    }
    for await (const entry of Deno.readDir("/proc")) {
      if (/^\d+$/.test(entry.name)) {
        const cwd = await Deno.readLink(`/proc/${entry.name}/cwd`).catch(() => ""); // it ended
        if (cwd.startsWith(this.root)) left.push(`process in ${cwd}`);
      }
    }
    return left;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.root, { recursive: true });
  }
}
