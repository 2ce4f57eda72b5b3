import { AirlockError } from "../../spec/errors.ts";
import type { Pin, PinChange, PinDiff, ToolState } from "../../spec/pin.ts";
import type { CodeFiles } from "./code_files.ts";
import { diffHosts } from "./code_hosts.ts";
import { diffDefinition } from "./diff_definition.ts";
import { diffFiles } from "./diff_files.ts";
import { diffLock } from "./diff_lock.ts";

/**
 * Gives the code of a tool in exactly that state, preparing it where it is not at hand.
 * @throws {AirlockError} where it cannot be had any more, or is not the same.
 */
export type ReadCode = (state: ToolState, signal: AbortSignal) => Promise<CodeFiles>;

/** What {@linkcode diffPin} compares code with. */
export interface DiffOptions {
  readonly readCode: ReadCode;
  readonly signal: AbortSignal;
}

/** All that is different between a pinned tool and a change of it, for a person to decide on. */
export async function diffPin(
  { pin, change }: { readonly pin: Pin; readonly change: PinChange },
  options: DiffOptions,
): Promise<PinDiff> {
  const common = {
    from: pin.version,
    to: change.version,
    lock: diffLock(pin.lock, change.lock),
    definition: diffDefinition(pin.definition, change.definition),
    findings: change.findings,
  };
  try {
    const before = await options.readCode(pin, options.signal);
    const after = await options.readCode(change, options.signal);
    const hosts = diffHosts({ before, after, seen: pin.hosts });
    return { ...common, files: diffFiles(before, after), hosts, codeMissing: null };
  } catch (error) {
    options.signal.throwIfAborted();
    if (!(error instanceof AirlockError)) throw error;
    return { ...common, files: null, hosts: null, codeMissing: error.message };
  }
}
