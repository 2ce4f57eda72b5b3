import { AirlockError, type AirlockErrorOptions } from "../../spec/errors.ts";

/** Why a plug-in could not be had: stable, in `details.reason`. */
export type WasmFailure = "no_upload" | "bad_name" | "bad_hash" | "download" | "limit" | "lock";

/** An `artifact_failed` with its reason as data. */
export function wasmError(
  failure: { readonly reason: WasmFailure; readonly message: string },
  options: Omit<AirlockErrorOptions, "details"> & { readonly stage: "resolve" | "fetch" },
): AirlockError {
  return new AirlockError("artifact_failed", failure.message, {
    ...options,
    details: { step: options.stage, reason: failure.reason },
  });
}
