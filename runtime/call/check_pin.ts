import type { Artifact } from "../../spec/artifact.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { CallPin } from "../../spec/pin.ts";
import { isExactVersion } from "../artifact/exact_version.ts";
import type { PrepareRequest } from "../artifact/prepare_artifact.ts";
import type { PlannedCall } from "./call.ts";

/**
 * What a call through a collection asks for: the pinned version of the pinned package, whatever range
 * or tag it names.
 * @throws {AirlockError} `quarantined` where it insists on another.
 */
export function pinnedWish(wish: PrepareRequest, pin: CallPin): PrepareRequest {
  if (wish.packageName !== pin.packageName) {
    throw quarantined(pin, { part: "package", state: "the tool is of another package" });
  }
  const { version } = wish;
  if (version !== undefined && isExactVersion(version) && version !== pin.version) {
    throw quarantined(pin, { part: "version", state: `version ${version} was not accepted` });
  }
  const source = WISHES.find((wished) => wished === pin.source) ?? wish.source;
  return { packageName: pin.packageName, version: pin.version, source, lock: pin.lock };
}

const WISHES = ["npm", "esm", "wasm", "inline"] as const;

/** What is thrown where a pinned package could not be prepared: a tree that changed is held back. */
export function pinnedFailure(error: unknown, pin: CallPin): unknown {
  const isLock = error instanceof AirlockError && error.code === "artifact_failed" &&
    [error.details.step, error.details.reason].some((name) => LOCK_FAILURES.has(name));
  if (!isLock) return error;
  const state = "what is published is not what was accepted";
  return quarantined(pin, { part: "lock", state });
}

/** How sources call a tree that is not the locked one. */
const LOCK_FAILURES: ReadonlySet<unknown> = new Set(["lock", "lock_mismatch"]);

/**
 * Stage: holds what was prepared against the pin, before anything of it runs.
 * @throws {AirlockError} `quarantined` where its tree or the tool's definition is not what was accepted.
 */
export function checkPin(call: PlannedCall): void {
  const { context: { pin }, artifact, toolName, tools } = call;
  if (pin === undefined) return;
  const { lockHash, definitionHashOf } = tools.fingerprint(artifact);
  const { packageName, version } = artifact.manifest.resolved;
  const expected = Object.hasOwn(pin.definitionHashes, toolName)
    ? pin.definitionHashes[toolName]
    : undefined;
  if (packageName !== pin.packageName || version !== pin.version) {
    throw held(call, { artifact, pin, part: "version", state: "its version was not accepted" });
  }
  if (lockHash !== pin.lockHash) {
    throw held(call, {
      artifact,
      pin,
      part: "lock",
      state: "its code or that of a dependency changed",
    });
  }
  if (expected === undefined) {
    throw quarantined(pin, { part: "tool", state: `${toolName} is not a tool of the collection` });
  }
  if (definitionHashOf(toolName) !== expected) {
    throw held(call, { artifact, pin, part: "definition", state: "its definition changed" });
  }
}

/** Notes the change for somebody to decide on; the caller does not wait for that. */
function held(
  { context, toolName }: PlannedCall,
  { artifact, pin, part, state }: Mismatch & { readonly artifact: Artifact; readonly pin: CallPin },
): AirlockError {
  const { manifest, lock } = artifact;
  context.onHeld?.({ manifest, lock, toolName });
  return quarantined(pin, { part, state });
}

interface Mismatch {
  readonly part: "package" | "version" | "lock" | "tool" | "definition";
  readonly state: string;
}

function quarantined(pin: CallPin, { part, state }: Mismatch): AirlockError {
  return new AirlockError("quarantined", `Checking the pin: ${state}`, {
    stage: "resolve",
    suggestion: `Look at it with \`airlock pins diff ${pin.collectionId} ${pin.toolId}\`, ` +
      "then accept or reject it.",
    details: { part, collection: pin.collectionId, tool: pin.toolId, pinnedVersion: pin.version },
  });
}
