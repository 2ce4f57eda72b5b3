import { AirlockError } from "../spec/errors.ts";
import { DEFAULT_LIMITS } from "../spec/limits.ts";
import { NO_PERMISSIONS } from "../spec/permissions.ts";
import type { SandboxNeed, SandboxRuntime } from "../spec/sandbox.ts";
import type { ProbePackage } from "../runtime/artifact/build_steps.ts";
import { readTpmjsField } from "../runtime/artifact/tpmjs_field.ts";

/** What code may use while it is only looked at. */
const PROBE_LIMITS = { ...DEFAULT_LIMITS, memoryBytes: 256 * 1024 * 1024 };
const PROBE_TIMEOUT_MS = 15_000;

/** Stands for declared variables: code that only checks that one is there then loads. */
const PLACEHOLDER = "placeholder";

/**
 * A probe that loads code in a sandbox of its own, with no permission at all, and lists its tools.
 * `runtime` must run the probing guest.
 */
export function createProbe(runtime: SandboxRuntime): ProbePackage {
  return async ({ codeDirectory, entry, form, packageJson }, { signal, progress }) => {
    progress?.("looking at what it exports");
    const need: SandboxNeed = {
      permissions: NO_PERMISSIONS,
      limits: PROBE_LIMITS,
      tree: form === "tree" ? codeDirectory : undefined,
    };
    const names = readTpmjsField(packageJson).env.map(({ name }) => name);
    const env = Object.fromEntries(names.map((name) => [name, PLACEHOLDER]));
    await using sandbox = await runtime.create(need);
    const onAbort = () => void sandbox[Symbol.asyncDispose]();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      signal.throwIfAborted();
      await sandbox.load({
        codeDirectory,
        entry,
        env,
        overlapping: false,
        timeoutMs: PROBE_TIMEOUT_MS,
      });
      return await sandbox.describe(PROBE_TIMEOUT_MS);
    } catch (error) {
      signal.throwIfAborted();
      throw atProbe(error);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  };
}

function atProbe(error: unknown): unknown {
  if (!(error instanceof AirlockError)) return error;
  const { code, message, suggestion, details, retryable, cause } = error;
  return new AirlockError(code, message, { stage: "probe", suggestion, details, retryable, cause });
}
