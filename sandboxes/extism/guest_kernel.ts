import { KERNEL_BASE64 } from "./guest_kernel_bytes.ts";
import { PAGE_BYTES } from "./guest_module_limits.ts";
import { PluginError } from "./guest_plugin_error.ts";

/** What the kernel's module exports; lengths and offsets are 64-bit, as Extism has them. */
type KernelExports = {
  readonly alloc: (length: bigint) => bigint;
  readonly length: (offset: bigint) => bigint;
  readonly input_set: (offset: bigint, length: bigint) => void;
  readonly output_offset: () => bigint;
  readonly output_length: () => bigint;
  readonly error_get: () => bigint;
};

/** The part of the kernel's exports that plug-ins may import, by Extism's names. */
const PLUGIN_FUNCTIONS = [
  ...["alloc", "free", "length", "length_unsafe", "load_u8", "load_u64", "store_u8", "store_u64"],
  ...["input_offset", "input_length", "input_load_u8", "input_load_u64", "input_set"],
  ...["output_offset", "output_length", "output_set", "error_set", "error_get", "memory_bytes"],
];

/** Names of what plug-ins may import from a {@linkcode Kernel}. */
export const KERNEL_FUNCTION_NAMES: ReadonlySet<string> = new Set(PLUGIN_FUNCTIONS);

/** Compiles the kernel, once for a process. */
export function compileKernel(): WebAssembly.Module {
  return new WebAssembly.Module(Uint8Array.from(atob(KERNEL_BASE64), (c) => c.charCodeAt(0)));
}

/**
 * The memory that one call of a plug-in shares with its host: `kernel.wat`, instantiated. Everything
 * in it may have been written by the plug-in, so every range read from it is checked.
 */
export class Kernel {
  readonly #memory: WebAssembly.Memory;
  readonly #exports: KernelExports;
  /** What plug-ins import from it. */
  readonly functions: Readonly<Record<string, WebAssembly.ImportValue>>;

  constructor(module: WebAssembly.Module, { memoryBytes }: { readonly memoryBytes: number }) {
    const maximum = Math.max(1, Math.floor(memoryBytes / PAGE_BYTES));
    this.#memory = new WebAssembly.Memory({ initial: 1, maximum });
    const { exports } = new WebAssembly.Instance(module, { airlock: { memory: this.#memory } });
    this.functions = Object.fromEntries(
      PLUGIN_FUNCTIONS.map((name) => [name, exports[name]!]),
    );
    this.#exports = exports as KernelExports;
  }

  /** Puts bytes into a block of their own. Nothing at all has the offset 0. */
  write(bytes: Uint8Array, what: string): bigint {
    if (bytes.length === 0) return 0n;
    const offset = this.#exports.alloc(BigInt(bytes.length));
    if (offset === 0n) {
      throw new PluginError("PluginLimit", `Passing ${what}: it does not fit the plug-in's memory`);
    }
    new Uint8Array(this.#memory.buffer, Number(offset), bytes.length).set(bytes);
    return offset;
  }

  setInput(bytes: Uint8Array): void {
    this.#exports.input_set(this.write(bytes, "the input"), BigInt(bytes.length));
  }

  /** A copy of the block at `offset`; empty where there is none. */
  read(offset: bigint): Uint8Array<ArrayBuffer> {
    return this.#copy(BigInt.asUintN(64, offset), this.#exports.length(offset));
  }

  /** A copy of what the plug-in put out. */
  output(): Uint8Array<ArrayBuffer> {
    const { output_offset, output_length } = this.#exports;
    return this.#copy(BigInt.asUintN(64, output_offset()), BigInt.asUintN(64, output_length()));
  }

  /** What the plug-in said went wrong; `null` where it said nothing. */
  error(): Uint8Array<ArrayBuffer> | null {
    const offset = this.#exports.error_get();
    return offset === 0n ? null : this.read(offset);
  }

  #copy(offset: bigint, length: bigint): Uint8Array<ArrayBuffer> {
    const { buffer } = this.#memory;
    if (length === 0n) return new Uint8Array();
    if (offset + length > BigInt(buffer.byteLength)) {
      throw new PluginError("PluginFailed", "Reading the plug-in's memory: out of its bounds");
    }
    return Uint8Array.from(new Uint8Array(buffer, Number(offset), Number(length)));
  }
}
