import type { Engine } from "../../cli/cli_deps.ts";
import { type Config, loadConfig } from "../../config.ts";
import { openEngine } from "../../engine/open_engine.ts";
import type { Database } from "../../registry/database/database.ts";
import type { CallContext, ExecutionRequest, ExecutionResult } from "../../spec/execution.ts";
import type { IsolationLevel } from "../../spec/sandbox.ts";
import { FakeNpmRegistry, type FakePackage } from "./fake_npm_registry.ts";

/** Options of {@linkcode TestWorld.open}. */
export interface TestWorldOptions {
  /** `AIRLOCK_` variables beside those that keep the world to itself. */
  readonly env?: Readonly<Record<string, string>>;
  /** Use this machine's own npm configuration instead of a registry of the world's own. */
  readonly realRegistry?: boolean;
  readonly isolationAtMost?: IsolationLevel;
  /** Its owner disposes it, after the world. */
  readonly database?: Database;
}

/** A whole engine with a registry and a data directory of its own. Disposing leaves nothing. */
export class TestWorld implements AsyncDisposable {
  /** Errors that nobody foresaw: a test that does not expect any may assert that this is empty. */
  readonly unexpected: unknown[] = [];

  private constructor(
    readonly config: Config,
    readonly registry: FakeNpmRegistry,
    readonly engine: Engine,
    readonly directory: string,
    readonly database: Database | undefined,
    unexpected: unknown[],
  ) {
    this.unexpected = unexpected;
  }

  static async open(options: TestWorldOptions = {}): Promise<TestWorld> {
    const directory = await Deno.realPath(await Deno.makeTempDir({ prefix: "airlock-world-" }));
    const registry = await FakeNpmRegistry.start();
    const config = loadConfig({
      AIRLOCK_DATA_DIR: `${directory}/data`,
      AIRLOCK_ESM_ORIGIN: "http://127.0.0.1:9",
      AIRLOCK_DEFAULT_SOURCE: "npm",
      ...(options.realRegistry ? {} : { AIRLOCK_NPM_REGISTRY: registry.url }),
      ...options.env,
    });
    const own = Deno.env.toObject();
    const environment = options.realRegistry ? own : { PATH: own.PATH, HOME: directory };
    const unexpected: unknown[] = [];
    const engine = await openEngine({
      config,
      environment,
      version: "0.0.0-test",
      onUnexpected: (error) => unexpected.push(error),
      isolationAtMost: options.isolationAtMost,
      database: options.database,
    });
    return new TestWorld(config, registry, engine, directory, options.database, unexpected);
  }

  /** Publishes an ES module as version 1.0.0 of a package without dependencies. */
  async publish(
    name: string,
    source: string,
    more: Partial<FakePackage> = {},
  ): Promise<void> {
    await this.registry.publish({
      name,
      version: "1.0.0",
      ...more,
      packageJson: { type: "module", exports: "./index.js", ...more.packageJson },
      files: { "index.js": source, ...more.files },
    });
  }

  /** Calls a tool as tenant `test` unless the context says otherwise. */
  call(
    request: Partial<ExecutionRequest> & Pick<ExecutionRequest, "packageName" | "name">,
    context: Partial<CallContext> = {},
  ): Promise<ExecutionResult> {
    return this.engine.executor.execute({ params: {}, env: {}, ...request }, {
      tenant: "test",
      requestId: crypto.randomUUID(),
      signal: new AbortController().signal,
      ...context,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine[Symbol.asyncDispose]();
    await this.registry[Symbol.asyncDispose]();
    await Deno.remove(this.directory, { recursive: true });
  }
}
