/**
 * JavaScript Promise Integration, which this engine has and its type library does not know yet:
 * https://github.com/WebAssembly/js-promise-integration
 */
interface StackSwitching {
  readonly Suspending: new (
    work: (...args: never[]) => Promise<unknown>,
  ) => WebAssembly.ImportValue;
  readonly promising: (run: WebAssembly.ExportValue) => () => Promise<unknown>;
}

const Suspending: StackSwitching["Suspending"] | undefined = Reflect.get(WebAssembly, "Suspending");
const promising: StackSwitching["promising"] | undefined = Reflect.get(WebAssembly, "promising");

/** A function for WebAssembly to import that waits for `work` while others run. */
export function suspending(
  work: (...args: never[]) => Promise<bigint | number>,
): WebAssembly.ImportValue {
  if (Suspending === undefined) throw new Error("Linking: this engine cannot suspend WebAssembly");
  return new Suspending(work);
}

/** An exported function as one that may suspend while it runs. */
export function suspendable(run: WebAssembly.ExportValue): () => Promise<unknown> {
  if (promising === undefined) throw new Error("Linking: this engine cannot suspend WebAssembly");
  return promising(run);
}
