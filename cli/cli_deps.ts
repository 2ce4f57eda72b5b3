import type { Accounts } from "../accounts/accounts.ts";
import type { Metering } from "../accounts/metering.ts";
import type { Config, Environment } from "../config.ts";
import type { CallPins } from "../gateway/call_pins.ts";
import type { HealthFacts, PoolFacts } from "../gateway/gateway_options.ts";
import type { OpenCode } from "../gateway/pins/open_code.ts";
import type { PoolNumbers } from "../gateway/metrics.ts";
import type { StdioPipe } from "../mcp/stdio/serve_pipe.ts";
import type { Upstreams } from "../mcp/upstream/upstreams.ts";
import type { Database } from "../registry/database/database.ts";
import type { OpenDatabaseOptions } from "../registry/database/open_database.ts";
import type { SyncRunner } from "../registry/sync/sync_runner.ts";
import type { Describer } from "../spec/description.ts";
import type { Executor } from "../spec/execution.ts";
import type { RemoteExecutorChoice } from "../spec/executor_choice.ts";
import type { CheckExecutor, ExecutorFacts } from "../spec/executor_facts.ts";
import type { PluginUploads } from "../spec/plugin.ts";
import type { IsolationLevel } from "../spec/sandbox.ts";
import type { Terminal } from "./terminal.ts";

/** Everything that runs tools, composed. Disposing ends every sandbox. */
export interface Engine extends AsyncDisposable {
  readonly executor: Executor;
  readonly describer: Describer;
  readonly plugins: PluginUploads;
  /** Prepares a package to be looked at, without a call. */
  readonly openCode: OpenCode;
  readonly checkExecutor: CheckExecutor;
  /** What calls through collections are held to; absent without a database. */
  readonly pins?: CallPins;
  /** To be told when an inline package gets another version, owner or visibility. */
  onInlineChange(packageName: string): void;
  health(): HealthFacts;
  poolNumbers(): PoolNumbers;
  poolFacts(): PoolFacts;
}

/** One stored artifact, for `airlock cache ls`. */
export interface CacheEntry {
  readonly digest: string;
  /** `name@version`, or empty where nothing refers to it any more. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Unix time in milliseconds. */
  readonly lastUsedMs: number;
}

/** The artifact store, for `airlock cache`. */
export interface Cache extends AsyncDisposable {
  list(): Promise<readonly CacheEntry[]>;
  prune(
    options: {
      readonly maxBytes?: number;
      readonly olderThanMs?: number;
      readonly all?: boolean;
      /** Also what package versions were locked to. */
      readonly locks?: boolean;
    },
  ): Promise<{ readonly removed: number; readonly freedBytes: number }>;
}

/** One thing that `airlock doctor` looked at. */
export interface DoctorCheck {
  readonly name: string;
  readonly status: "ok" | "warn" | "fail";
  readonly detail: string;
  /** What to do about it. */
  readonly suggestion?: string;
}

/** What the machine offers. */
export interface MachineReport {
  readonly isolation: IsolationLevel;
  readonly checks: readonly DoctorCheck[];
}

/** This program, started again: it goes on when this process ends. */
export interface StartedAgain {
  readonly pid: number;
  /** Resolves when it has ended. */
  readonly ended: Promise<unknown>;
}

/** What {@linkcode CliDeps.openSync} takes. */
export interface OpenSyncParts {
  readonly database: Database;
  /** Looks into code of packages that were found, where that is configured. */
  readonly describer?: Describer;
}

/** What commands are given. Everything costly is opened by a call, so that `--help` costs nothing. */
export interface CliDeps {
  readonly version: string;
  readonly environment: Environment;
  readonly terminal: Terminal;
  /** Stdin and stdout as they are, for clients that speak a protocol over them. */
  pipe(): StdioPipe;
  /** Starts this program again, with other arguments, in a session of its own and in silence. */
  startAgain(args: readonly string[]): StartedAgain;
  /** Shows a page in a browser. @returns Whether there is something that does. */
  openPage(url: string): boolean;
  /** Calls `listener` for SIGINT and SIGTERM until disposed. */
  onSignal(listener: () => void): Disposable;
  /** @throws {AirlockError} when the machine gives less isolation than configured. */
  openEngine(config: Config, database?: Database): Promise<Engine>;
  openCache(config: Config): Promise<Cache>;
  /**
   * The configured database with its schema, there at once: it is opened and migrated meanwhile.
   * `asGuest` uses one that a gateway has in its directory through that gateway.
   */
  startDatabase(config: Config, options?: { readonly asGuest?: boolean }): Promise<Database>;
  /** Tries the tools of the catalog now and then, until disposed. */
  startHealthChecks(database: Database, engine: Engine): Promise<AsyncDisposable>;
  /**
   * The configured database as it is, through the gateway that has it in its directory where one does.
   * `options` override the usual ones.
   * @throws {AirlockError} `conflict` when another process uses its directory and lets nobody in.
   */
  openDatabase(config: Config, options?: Partial<OpenDatabaseOptions>): Promise<Database>;
  /** Users, keys and secrets in that database. `url` says where the gateway listens. */
  openAccounts(
    config: Config,
    over: { readonly database: Database; readonly url: () => string },
  ): Promise<Accounts>;
  /** Rate limits and the log of calls, in that database. */
  openMetering(
    config: Config,
    over: { readonly database: Pick<Database, "sql" | "sleep"> },
  ): Promise<Metering>;
  /** Connections to other MCP servers, opened by their use. Disposing closes them. */
  openUpstreams(config: Config): Upstreams;
  /** Asks somebody's program whether it is an executor. @throws {AirlockError} `invalid_input`. */
  checkExecutor(config: Config, choice: RemoteExecutorChoice): Promise<ExecutorFacts>;
  /** What follows npm's registry as configured. Nothing runs before it is told to. */
  openSync(config: Config, options: OpenSyncParts): Promise<SyncRunner>;
  probeMachine(config: Config): Promise<MachineReport>;
  /** Runs benchmarks; resolves to an exit code. */
  bench(args: readonly string[]): Promise<number>;
}
