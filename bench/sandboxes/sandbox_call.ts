import type { JsonValue } from "../../spec/json.ts";
import { DEFAULT_LIMITS } from "../../spec/limits.ts";
import { NO_PERMISSIONS } from "../../spec/permissions.ts";
import type {
  InvocationReport,
  LoadReport,
  Sandbox,
  SandboxRuntime,
  SandboxUsage,
} from "../../spec/sandbox.ts";

/** How long a fresh sandbox is left alone: it rehearses, as it would while it waits as a blank. */
const SETTLE_MS = 120;
const MIB = 1024 * 1024;

/** A tool to load and call. */
export interface MeasuredTool {
  readonly codeDirectory: string;
  readonly entry: string;
  readonly toolName: string;
  readonly params: JsonValue;
}

/** Starts a sandbox without permissions. It is the caller's to dispose of. */
export function startSandbox(runtime: SandboxRuntime): Promise<Sandbox> {
  return runtime.create({ permissions: NO_PERMISSIONS, limits: DEFAULT_LIMITS });
}

/** {@linkcode startSandbox}, and waits until it would be a blank. */
export async function startBlank(runtime: SandboxRuntime): Promise<Sandbox> {
  const sandbox = await startSandbox(runtime);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  return sandbox;
}

/** Loads the tool. */
export function loadTool(
  sandbox: Sandbox,
  { codeDirectory, entry }: MeasuredTool,
): Promise<LoadReport> {
  return sandbox.load({ codeDirectory, entry, env: {}, overlapping: false, timeoutMs: 10_000 });
}

/** Calls the loaded tool. */
export function callTool(
  sandbox: Sandbox,
  { toolName, params }: MeasuredTool,
): Promise<InvocationReport> {
  return sandbox.invoke({
    callId: crypto.randomUUID(),
    toolName,
    params,
    limits: DEFAULT_LIMITS,
    signal: new AbortController().signal,
  }, {
    egress: { request: () => Promise.reject(new Error("no network here")) },
    onLog: () => {},
    onChunk: () => {},
  });
}

/**
 * MiB of resident memory that a sandbox gains while `call` runs `times` times, once a tenth of them
 * has let it settle.
 */
export async function gainedMib(
  sandbox: Sandbox,
  { times, call }: { readonly times: number; readonly call: () => Promise<void> },
): Promise<number> {
  let settled: SandboxUsage | undefined;
  for (let n = 0; n < times; n++) {
    await call();
    if (n === Math.floor(times / 10)) settled = await sandbox.usage();
  }
  const { rssBytes } = await sandbox.usage();
  return (rssBytes - (settled?.rssBytes ?? rssBytes)) / MIB;
}
