import { join } from "node:path";
import type {
  ArtifactForm,
  BuiltArtifact,
  FetchedPackage,
  PackageSource,
  ResolvedPackage,
  RuntimeVerdict,
  StepOptions,
} from "../../spec/artifact.ts";
import { AirlockError, type Stage } from "../../spec/errors.ts";
import type { TimedStep } from "../../spec/execution.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { ProbeReport } from "../../spec/sandbox.ts";
import type { ArtifactLease } from "./artifact_lease.ts";
import type { ArtifactStore } from "./artifact_store.ts";
import { declaredReport, makeManifest } from "./manifest.ts";
import type { SchemaGuesser } from "../../spec/schema_guesser.ts";
import { guessSignatures } from "./types/guess_signatures.ts";
import { readSignatures } from "./types/read_signatures.ts";
import type { ReadTypes } from "./types/type_request.ts";

/** Turns a fetched package into files in `outDirectory`, which does not exist yet. */
export type BuildPackage = (
  fetched: FetchedPackage,
  options: StepOptions & { readonly outDirectory: string },
) => Promise<BuiltArtifact>;

/** Built code that has not been looked at. */
export interface ProbeSubject {
  readonly codeDirectory: string;
  /** Relative to `codeDirectory`. */
  readonly entry: string;
  readonly form: ArtifactForm;
  readonly packageJson: JsonObject;
}

/** Loads the code in a sandbox and lists its tools. */
export type ProbePackage = (subject: ProbeSubject, options: StepOptions) => Promise<ProbeReport>;

/** Built code for a runtime that tries it before it judges. */
export interface JudgeSubject {
  readonly codeDirectory: string;
  /** Relative to `codeDirectory`. */
  readonly entry: string;
  readonly signal: AbortSignal;
}

/** What one runtime says of built code. */
export type JudgeRuntime = (
  built: BuiltArtifact,
  subject: JudgeSubject,
) => RuntimeVerdict | Promise<RuntimeVerdict>;

/** Milliseconds per step; only the steps that happened. */
export type PrepareTimings = Partial<Record<TimedStep, number>>;

/** What the steps of a build work with. */
export interface BuildTools {
  readonly build: BuildPackage;
  readonly probe: ProbePackage;
  readonly store: ArtifactStore;
  readonly judges: readonly JudgeRuntime[];
  /** Absent where declarations are of no interest. */
  readonly readTypes?: ReadTypes;
  /** Asked where nobody else says anything. Absent where none is configured. */
  readonly guesser?: SchemaGuesser;
}

/** One build. */
export interface BuildJob extends StepOptions {
  readonly source: PackageSource;
  readonly timings: PrepareTimings;
  /** Called as each step begins. */
  readonly onStage: (stage: Stage) => void;
}

/** fetch → build → probe → store. Its private directory is gone when it settles. */
export async function buildArtifactFrom(
  resolved: ResolvedPackage,
  { tools, job }: { readonly tools: BuildTools; readonly job: BuildJob },
): Promise<ArtifactLease> {
  await using staged = await tools.store.stage();
  const outDirectory = join(staged.path, "code");
  const { signal, progress } = job;
  const fetched = await step("fetch", job, () => fetchStep(resolved, { tools, job, staged }));
  job.timings.network = fetched.networkMs;
  const built = await step(
    "build",
    job,
    () => tools.build(fetched, { outDirectory, signal, progress }),
  );
  const { report, verdicts, signatures } = await step("probe", job, async () => {
    const subject = { codeDirectory: outDirectory, entry: built.entry, signal };
    // Whoever fails first, nobody may still be reading the directory when this step ends.
    const judging = Promise.all(tools.judges.map((judge) => judge(built, subject)));
    const [report, verdicts] = await Promise.allSettled([
      probeStep(fetched, { tools, job, built, outDirectory }),
      judging,
    ]);
    if (report.status === "rejected") throw report.reason;
    if (verdicts.status === "rejected") throw verdicts.reason;
    const { readTypes, guesser } = tools;
    const step = { signal, progress };
    const typed = await readSignatures(fetched, { ...step, report: report.value, readTypes });
    const told = await guessSignatures(fetched, { ...step, typed, guesser });
    return { ...told, verdicts: verdicts.value };
  });
  const { packageJson, lock } = fetched;
  const manifest = makeManifest({
    ...{ resolved, packageJson, built, report, verdicts, signatures },
  });
  return await step("store", job, () => tools.store.put(outDirectory, { manifest, lock }));
}

/** A version that was built before is held to what it was built from. */
async function fetchStep(
  resolved: ResolvedPackage,
  { tools, job, staged }: {
    readonly tools: BuildTools;
    readonly job: BuildJob;
    readonly staged: { readonly path: string };
  },
): Promise<FetchedPackage> {
  const { signal, progress } = job;
  const directory = join(staged.path, "package");
  await Deno.mkdir(directory);
  const lock = await tools.store.lockOf(resolved);
  return await job.source.fetch(resolved, { directory, lock, signal, progress });
}

async function probeStep(
  { packageJson }: FetchedPackage,
  { tools, job, built, outDirectory }: {
    readonly tools: BuildTools;
    readonly job: BuildJob;
    readonly built: BuiltArtifact;
    readonly outDirectory: string;
  },
): Promise<ProbeReport> {
  const { signal, progress } = job;
  const subject = {
    codeDirectory: outDirectory,
    entry: built.entry,
    form: built.form,
    packageJson,
  };
  try {
    return await tools.probe(subject, { signal, progress });
  } catch (error) {
    if (!(error instanceof AirlockError)) throw error;
    return withoutProbe(error, { packageJson, built });
  }
}

/** Failures of the package's code; the others are of the machine, and stay what they are. */
const CODE_FAILURES: ReadonlySet<string> = new Set([
  "tool_error",
  "resource_limit",
  "deadline_exceeded",
  "sandbox_crashed",
  "permission_denied",
  "invalid_input",
]);

/** Code that throws while it loads, for want of its env, can still be called by declared names. */
function withoutProbe(
  error: AirlockError,
  { packageJson, built }: { readonly packageJson: JsonObject; readonly built: BuiltArtifact },
): ProbeReport {
  if (!CODE_FAILURES.has(error.code) || error.stage === "acquire") throw error;
  const reason = `loading the code for inspection failed: ${error.message}`;
  const report = declaredReport(packageJson, reason);
  // Loading a plug-in runs none of its code: what is refused then is refused always.
  const mayLoadLater = error.code === "tool_error" && built.form !== "wasm";
  if (mayLoadLater && report.tools.length > 0) return report;
  const native = built.uses.nativePackages ?? [];
  if (error.code === "tool_error" && native.length > 0) throw withNativeCode(error, native);
  throw new AirlockError("artifact_failed", `Probing the package: ${reason}`, {
    stage: "probe",
    suggestion: error.suggestion ?? "Check that the package can be imported by itself",
    details: { ...error.details, code: error.code },
    cause: error,
  });
}

/** Whether the native code was why is the reader's to judge: the rest of the message says more. */
function withNativeCode(cause: AirlockError, packages: readonly string[]): AirlockError {
  const where = packages.join(", ");
  return new AirlockError(
    "artifact_failed",
    `Probing the package: loading it failed, and native code is never loaded (${where} has some): ` +
      cause.message,
    {
      stage: "probe",
      suggestion: "Use a package that does without native code: JavaScript or WebAssembly",
      details: { ...cause.details, reason: "native_addon", packages },
      cause,
    },
  );
}

async function step<T>(
  stage: "fetch" | "build" | "probe" | "store",
  job: BuildJob,
  work: () => Promise<T>,
): Promise<T> {
  job.signal.throwIfAborted();
  job.onStage(stage);
  const startMs = performance.now();
  try {
    return await work();
  } catch (error) {
    // A step that was stopped may say so in any words.
    job.signal.throwIfAborted();
    throw asAirlockError(error, stage);
  } finally {
    job.timings[stage] = performance.now() - startMs;
  }
}

function asAirlockError(error: unknown, stage: Stage): AirlockError {
  if (error instanceof AirlockError) return error;
  return new AirlockError("internal", `Preparing the package: ${stage} failed unexpectedly`, {
    stage,
    suggestion: "Look at the gateway's log for the cause",
    cause: error,
  });
}
