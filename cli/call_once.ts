import picocolors from "picocolors";
import type { Database } from "../registry/database/database.ts";
import type { Config } from "../config.ts";
import { LOCAL_TENANT } from "../spec/account.ts";
import type { CallContext, ExecutionRequest, ExecutionResult } from "../spec/execution.ts";
import type { LogEntry } from "../spec/sandbox.ts";
import type { CliDeps, Engine } from "./cli_deps.ts";
import { unlessInterrupted } from "./unless_interrupted.ts";
import { progressLine } from "./progress_line.ts";
import { printable } from "./printable.ts";

/** Options of {@linkcode callOnce}. */
export interface CallOnceOptions {
  readonly config: Config;
  readonly deps: CliDeps;
  /** For tools that are kept there. */
  readonly database?: Database;
}

/** A call, and what goes with it. */
export interface OnceCall {
  readonly request: ExecutionRequest;
  readonly held?: Pick<CallContext, "grant" | "pin" | "onHeld" | "onReached">;
}

/**
 * Opens an engine for one call, which `prepare` may prepare, and closes it again. The tool's log goes
 * to stderr as it comes; an interrupt aborts the call, and the engine still ends cleanly.
 */
export async function callOnce(
  prepare: (engine: Engine) => Promise<OnceCall>,
  options: CallOnceOptions,
): Promise<{ result: ExecutionResult; interrupted: boolean }> {
  const { config, deps, database } = options;
  const { terminal } = deps;
  const color = picocolors.createColors(terminal.errColors);
  const stop = new AbortController();
  using _signals = deps.onSignal(() => stop.abort());
  using progress = progressLine(terminal);
  await using engine = await unlessInterrupted(
    () => deps.openEngine(config, database),
    stop.signal,
  );
  const onLog = (entry: LogEntry) => {
    progress.clear();
    const text = printable(entry.message.trimEnd());
    terminal.err(entry.level === "error" ? `${color.yellow(text)}\n` : `${color.dim(text)}\n`);
  };
  const { request, held } = await prepare(engine);
  const result = await engine.executor.execute(request, {
    ...held,
    tenant: LOCAL_TENANT,
    requestId: crypto.randomUUID(),
    signal: stop.signal,
    onLog,
    onProgress: progress.show,
  });
  return { result, interrupted: stop.signal.aborted };
}
