import assert from "node:assert/strict";
import { openUpstreamPool } from "../../engine/open_upstream_pool.ts";
import { Upstreams } from "../../mcp/upstream/upstreams.ts";
import { PassThrough } from "node:stream";
import { openMetering } from "../../accounts/open_metering.ts";
import { AirlockError } from "../../spec/errors.ts";
import { openAccounts } from "../../accounts/open_accounts.ts";
import { createPinBook } from "../../engine/create_pin_book.ts";
import { accountsOf } from "../../engine/accounts_of.ts";
import type { Environment } from "../../config.ts";
import { FAKE_DESCRIPTION, FAKE_EXPLANATION, FAKE_POOL, fakeSuccess } from "./fake_gateway.ts";
import { createRunLocks } from "../../registry/sync/run_lock.ts";
import { SyncRunner } from "../../registry/sync/sync_runner.ts";
import { openDatabase } from "../../registry/database/open_database.ts";
import type { ExecutionRequest, Executor } from "../../spec/execution.ts";
import type { CliDeps, DoctorCheck } from "../../cli/cli_deps.ts";
import { runCli } from "../../cli/run_cli.ts";

/** Options of {@linkcode fakeCli}. */
export interface FakeCliOptions {
  readonly environment?: Environment;
  readonly execute?: Executor["execute"];
  readonly stdin?: string;
  readonly terminal?: boolean;
  readonly colors?: { readonly out: boolean; readonly err: boolean };
  readonly checks?: readonly DoctorCheck[];
  readonly bench?: CliDeps["bench"];
  readonly openPage?: CliDeps["openPage"];
  readonly startAgain?: CliDeps["startAgain"];
  readonly openEngine?: CliDeps["openEngine"];
  readonly startDatabase?: CliDeps["startDatabase"];
  readonly openDatabase?: CliDeps["openDatabase"];
  readonly openSync?: CliDeps["openSync"];
}

/** Where no server is: nothing is loaded, and every query fails. */
const NO_DATABASE = { url: "postgres://nobody@127.0.0.1:9/nothing", directory: undefined };

/** A command line over fakes that remembers what it did: for tests only. */
export interface FakeCli {
  readonly requests: ExecutionRequest[];
  readonly pruned: object[];
  /** Executors that were checked, with the token they were sent. */
  readonly checked: string[];
  readonly output: { out: string; err: string };
  /** Engines that are open. */
  readonly open: { engines: number };
  run(...args: string[]): Promise<number>;
  /** Delivers a signal to whoever listens. */
  signal(): void;
}

/** Makes a {@linkcode FakeCli}. */
export function fakeCli(options: FakeCliOptions = {}): FakeCli {
  const requests: ExecutionRequest[] = [];
  const pruned: object[] = [];
  const checked: string[] = [];
  const output = { out: "", err: "" };
  const open = { engines: 0 };
  const listeners = new Set<() => void>();
  const deps: CliDeps = {
    version: "1.2.3",
    environment: options.environment ?? {},
    terminal: {
      stdoutIsTerminal: options.terminal ?? false,
      stderrIsTerminal: options.terminal ?? false,
      isInteractive: options.terminal ?? false,
      columns: () => 80,
      onKey: () => ({ [Symbol.dispose]() {} }),
      outColors: options.colors?.out ?? false,
      errColors: options.colors?.err ?? false,
      out: (text) => void (output.out += text),
      err: (text) => void (output.err += text),
      readStdin: () => Promise.resolve(options.stdin ?? ""),
    },
    pipe: () => ({ input: new PassThrough().end(options.stdin ?? ""), output: new PassThrough() }),
    startAgain: options.startAgain ?? (() => assert.fail("nothing is started here")),
    openPage: options.openPage ?? (() => false),
    onSignal(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    openEngine: options.openEngine ?? ((_config, database) => {
      open.engines++;
      return Promise.resolve({
        checkExecutor: () => Promise.resolve({ status: "ok", version: null }),
        executor: {
          execute(request, context) {
            requests.push(request);
            const execute = options.execute ??
              ((...call) => Promise.resolve(fakeSuccess(...call)));
            return execute(request, context);
          },
        },
        describer: {
          describe: () => Promise.resolve(FAKE_DESCRIPTION),
          explain: () => Promise.resolve(FAKE_EXPLANATION),
        },
        plugins: {
          storeModule: () => Promise.resolve("sha256-module"),
          storeManifest: () => Promise.resolve("sha256-manifest"),
          readModule: () => Promise.resolve(undefined),
        },
        openCode: () => Promise.reject(new AirlockError("artifact_failed", "no code here")),
        ...(database && {
          pins: createPinBook({ sql: database.sql, onFailure: (error) => assert.fail(`${error}`) }),
        }),
        onInlineChange: () => {},
        health: () => ({ version: "1.2.3", isolation: "rlimits", runtimes: [], pool: {} }),
        poolFacts: () => FAKE_POOL,
        poolNumbers: () => ({ sandboxes: {}, queued: 0 }),
        [Symbol.asyncDispose]: () => Promise.resolve(void open.engines--),
      });
    }),
    openUpstreams: (config) =>
      new Upstreams(() => {
        const environment = Deno.env.toObject();
        return Promise.resolve(openUpstreamPool(config, { environment, version: "1.2.3" }));
      }),
    openCache: () =>
      Promise.resolve({
        list: () =>
          Promise.resolve([
            { digest: "ab".repeat(32), name: "older@1.0.0", sizeBytes: 2048, lastUsedMs: 1_000 },
            { digest: "cd".repeat(32), name: "newer@2.0.0", sizeBytes: 512, lastUsedMs: 2_000 },
          ]),
        prune(wanted) {
          pruned.push(wanted);
          return Promise.resolve({ removed: 1, freedBytes: 2048 });
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
    startDatabase: options.startDatabase ?? (() => openDatabase(NO_DATABASE)),
    startHealthChecks: () => Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve() }),
    openDatabase: options.openDatabase ?? (() => openDatabase(NO_DATABASE)),
    openAccounts: (config, { database, url }) =>
      Promise.resolve(
        openAccounts({ ...accountsOf(config, { url }), database, onFailure: () => {} }),
      ),
    openMetering: (_config, { database }) =>
      Promise.resolve(
        openMetering({
          ...{ database, rateStore: "memory", whenStoreIsDown: "open" },
          onFailure: () => {},
        }),
      ),
    checkExecutor: (_config, { url, token }) => {
      checked.push(`${url} ${token}`);
      return Promise.resolve({ status: "ok", version: null });
    },
    openSync: options.openSync ?? ((_config, { database }) =>
      Promise.resolve(
        new SyncRunner({
          ...{ database, jobs: {}, onFailure: () => {} },
          locks: createRunLocks(database),
        }),
      )),
    probeMachine: () => Promise.resolve({ isolation: "rlimits", checks: options.checks ?? [] }),
    bench: options.bench ?? (() => Promise.resolve(0)),
  };
  return {
    requests,
    pruned,
    checked,
    output,
    open,
    run: (...args) => runCli(args, deps),
    signal: () => listeners.forEach((listener) => listener()),
  };
}
