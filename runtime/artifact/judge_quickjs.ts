import type { BuiltArtifact } from "../../spec/artifact.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { JudgeRuntime, JudgeSubject } from "./build_steps.ts";

/** What QuickJS sandboxes can say of code. */
export interface QuickjsTrial {
  /** Whether they have that built-in, wholly or in part. */
  readonly implements: (builtin: string) => boolean;
  /**
   * Loads the code once.
   * @throws {AirlockError} where it does not load.
   */
  readonly load: (subject: JudgeSubject) => Promise<unknown>;
}

/** Globals that the engine has not: the first use of one refuses the call. */
const MISSING_GLOBALS: ReadonlySet<string> = new Set([
  ...["WebAssembly", "Worker", "SharedWorker", "WebSocket", "EventSource"],
]);

/**
 * QuickJS runs bundles that load in it. What code merely mentions may never be used: it is told in
 * the verdict, and the first call that uses it is refused by name, and remembered.
 */
export function createJudgeQuickjs(trial: QuickjsTrial): JudgeRuntime {
  return async (built, subject) => {
    const reason = wrongForm(built) ?? await failure(subject, trial);
    if (reason !== null) return { runtime: "quickjs", ok: false, reason };
    const remark = remarkOn(built, trial);
    return { runtime: "quickjs", ok: true, ...(remark === null ? {} : { remark }) };
  };
}

function wrongForm({ form }: BuiltArtifact): string | null {
  if (form === "wasm") return "it is a WebAssembly plug-in, not JavaScript";
  return form === "bundle" ? null : "the package could not be made one file";
}

function remarkOn({ uses }: BuiltArtifact, trial: QuickjsTrial): string | null {
  const builtins = uses.nodeBuiltins.filter((name) => !trial.implements(name));
  const globals = uses.globals.filter((name) => MISSING_GLOBALS.has(name));
  const names = [...builtins.map((name) => `node:${name}`), ...globals];
  const remarks = [
    ...(names.length === 0 ? [] : [
      `it mentions ${names.join(", ")}, which QuickJS has not: a call that uses that is refused`,
    ]),
    ...(uses.globals.includes("Intl") ? ["Intl is answered by the process around the engine"] : []),
  ];
  return remarks.length === 0 ? null : remarks.join("; ");
}

async function failure(subject: JudgeSubject, trial: QuickjsTrial): Promise<string | null> {
  try {
    await trial.load(subject);
    return null;
  } catch (error) {
    subject.signal.throwIfAborted();
    if (error instanceof AirlockError) return `it does not load: ${error.message}`;
    throw error;
  }
}
