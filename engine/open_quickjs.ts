import { join } from "node:path";
import { createJudgeQuickjs } from "../runtime/artifact/judge_quickjs.ts";
import type { JudgeRuntime } from "../runtime/artifact/build_steps.ts";
import type { IsolationReport } from "../sandboxes/process/isolation.ts";
import { isImplemented } from "../sandboxes/quickjs/builtin_texts.ts";
import { buildQuickjsProgram } from "../sandboxes/quickjs/quickjs_program.ts";
import { QuickjsRuntime } from "../sandboxes/quickjs/quickjs_runtime.ts";
import { SnapshotStore } from "../sandboxes/quickjs/snapshot_store.ts";

/** What QuickJS sandboxes are opened with. */
export interface OpenQuickjsOptions {
  readonly denoPath: string;
  readonly isolation: IsolationReport;
  readonly runDirectory: string;
  /** Where states of loaded modules are kept. */
  readonly stateDirectory: string;
  readonly maxStateBytes: number;
  /** Calls that a process may be given at once. */
  readonly callConcurrency: number;
}

/** How long a module may take to load while it is tried. */
const TRIAL_TIMEOUT_MS = 15_000;

/** QuickJS sandboxes, and the judge that tries packages in them. Nothing is built before it is needed. */
export function openQuickjs(
  options: OpenQuickjsOptions,
): { readonly runtime: QuickjsRuntime; readonly judge: JudgeRuntime } {
  const { denoPath, isolation, runDirectory, stateDirectory, maxStateBytes, callConcurrency } =
    options;
  const runtime = new QuickjsRuntime({
    denoPath,
    isolation,
    runDirectory,
    callConcurrency,
    loadProgram: () => buildQuickjsProgram(join(runDirectory, "quickjs")),
    snapshots: new SnapshotStore({ directory: stateDirectory, maxBytes: maxStateBytes }),
  });
  const judge = createJudgeQuickjs({
    implements: isImplemented,
    load: (subject) => runtime.snapshotOf({ ...subject, timeoutMs: TRIAL_TIMEOUT_MS }),
  });
  return { runtime, judge };
}
