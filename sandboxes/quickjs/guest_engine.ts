import {
  type ExtensionDescriptor,
  QuickJS,
  type QuickJSOptions,
  type Snapshot,
} from "quickjs-wasi";
import { MEMORY_IMPORT } from "../protocol/memory_import.ts";

/** The compiled engine, with the extensions that its snapshots depend on, in their order. */
export interface EngineModules {
  readonly engine: WebAssembly.Module;
  readonly extensions: readonly { readonly name: string; readonly wasm: WebAssembly.Module }[];
}

/** What one instance may use. */
export interface InstanceLimits {
  /** Everything that the engine allocates. */
  readonly memoryBytes: number;
  /** Called every few thousand steps of running code; `true` ends it. */
  readonly interrupt: () => boolean;
  /** A promise was rejected and nobody listens (`handled` false), or somebody listens at last. */
  readonly onRejection: NonNullable<QuickJSOptions["onUnhandledRejection"]>;
}

/**
 * The engine's own stack. It fits into V8's at the `--stack-size` that the runtime sets: with more,
 * or with V8's default, deep recursion would overflow V8's stack first.
 */
const STACK_BYTES = 384 * 1024;

/** Of a new instance: what the engine asks for at the least. */
const NEW_MEMORY_PAGES = 18;

/** Of WASI: no such file. */
const BAD_FILE = 8;

/** What an instance is made of. */
export interface InstanceParts {
  readonly limits: InstanceLimits;
  /** Absent for a new instance. */
  readonly snapshot?: Snapshot;
  /** Overwritten from end to end with the snapshot, so of its size; a new one where absent. */
  readonly memory?: WebAssembly.Memory;
  /** Gives the text of modules; where absent, only those in the snapshot can be imported. */
  readonly moduleLoader?: QuickJSOptions["moduleLoader"];
}

/** A new instance, or one restored from a snapshot. @throws what the engine throws. */
export async function createInstance(
  { engine, extensions }: EngineModules,
  { limits, snapshot, memory, moduleLoader }: InstanceParts,
): Promise<QuickJS> {
  // A byte beyond the snapshot would be of another call.
  if (memory !== undefined && memory.buffer.byteLength !== snapshot?.memory.byteLength) {
    throw new RangeError("Restoring an instance: the memory is not of the snapshot's size");
  }
  const descriptors: ExtensionDescriptor[] = [...extensions];
  const options: QuickJSOptions = {
    wasm: engine,
    extensions: descriptors,
    memoryLimit: limits.memoryBytes,
    maxStackSize: STACK_BYTES,
    interruptHandler: limits.interrupt,
    onUnhandledRejection: limits.onRejection,
    moduleLoader,
    timezoneOffset: 0,
    wasi: () => importsWith(memory ?? new WebAssembly.Memory({ initial: NEW_MEMORY_PAGES })),
  };
  if (snapshot !== undefined) return await QuickJS.restore(snapshot, options);
  return await QuickJS.create(options);
}

/** Beside the library's own: what the engine itself prints goes nowhere, and where its memory is. */
function importsWith(memory: WebAssembly.Memory) {
  const imports = { fd_write: () => BAD_FILE };
  // Not a function, as its types want all of them to be.
  Reflect.set(imports, MEMORY_IMPORT.name, memory);
  return imports;
}
