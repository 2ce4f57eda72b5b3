import { JSException, type QuickJS } from "quickjs-wasi";
import type { CallFailure } from "../protocol/messages.ts";

/** Use of the bound from which a failure inside the engine is put down to it. */
const NEARLY_FULL = 0.8;

/** What the gateway is told when the engine gave up: not the tool's own throw, which is caught inside. */
export function engineFailure(
  thrown: unknown,
  { vm, memoryBytes }: { readonly vm: QuickJS; readonly memoryBytes: number },
): CallFailure {
  if (isFull(vm, memoryBytes) || isOutOfMemory(nameAndMessage(thrown))) {
    return { kind: "out-of-memory" };
  }
  const { name, message } = nameAndMessage(thrown);
  return { kind: "engine", reason: `${name}: ${message}` };
}

/**
 * A failure as the prelude tells it. The engine's refusal of memory is an error like any there, or
 * `null` where there was not even room for that error.
 */
export function toldFailure(
  json: string,
  { vm, memoryBytes }: { readonly vm: QuickJS; readonly memoryBytes: number },
): CallFailure {
  const failure: CallFailure = JSON.parse(json);
  if (failure.kind !== "threw") return failure;
  const isRefusal = isOutOfMemory(failure.thrown) ||
    (/^threw null$/.test(failure.thrown.message) && isFull(vm, memoryBytes));
  return isRefusal ? { kind: "out-of-memory" } : failure;
}

/** Whether an error is the engine's refusal of memory, by its words, which never change. */
function isOutOfMemory(
  { name, message }: { readonly name: string; readonly message: string },
): boolean {
  return name === "InternalError" && /^out of memory$/.test(message);
}

function isFull(vm: QuickJS, memoryBytes: number): boolean {
  return vm._getMemory().buffer.byteLength >= memoryBytes * NEARLY_FULL;
}

function nameAndMessage(thrown: unknown): { name: string; message: string } {
  if (thrown instanceof JSException || thrown instanceof Error) {
    return { name: thrown.name, message: thrown.message };
  }
  return { name: "Error", message: "the engine stopped" };
}
