import { environmentObject } from "../guest/environment_object.ts";
import { refuseMethods } from "../guest_host/guest_lockdown.ts";

/** The environment that a tool sees: plain memory of this process, never the real environment. */
export class GuestEnvironment {
  readonly #values = new Map<string, string>();

  /** Shows the environment as `process.env` and `Deno.env`. */
  install(): void {
    const values = this.#values;
    Object.defineProperty(Deno, "env", {
      enumerable: true,
      value: {
        get: (name: string) => values.get(name),
        set: (name: string, value: string) => void values.set(name, String(value)),
        delete: (name: string) => void values.delete(name),
        has: (name: string) => values.has(name),
        toObject: () => Object.fromEntries(values),
      },
    });
    installProcess(values);
  }

  /** Replaces all values. */
  fill(values: Readonly<Record<string, string>>): void {
    this.#values.clear();
    for (const [name, value] of Object.entries(values)) this.#values.set(name, value);
  }
}

/** Nobody in particular, in a machine of no particular size: what Deno refuses to say. */
const ANSWERS = {
  umask: 0o22,
  getuid: 65534,
  geteuid: 65534,
  getgid: 65534,
  getegid: 65534,
  getgroups: [],
  constrainedMemory: 0,
  availableMemory: 128 * 1024 * 1024,
} as const;

/**
 * Node's `process` is put in order when somebody first looks at it: making it costs some 4 MB and
 * 10 ms, which a blank sandbox should not pay for the many tools that never do.
 */
function installProcess(values: Map<string, string>): void {
  const native = Object.getOwnPropertyDescriptor(globalThis, "process");
  let current: unknown;
  Object.defineProperty(globalThis, "process", {
    configurable: true,
    enumerable: false,
    get() {
      if (current !== undefined) return current;
      const process: object = native?.get?.call(globalThis) ?? native?.value;
      Object.defineProperty(process, "env", {
        value: environmentObject(values),
        configurable: true,
        enumerable: true,
        writable: true,
      });
      refuseMethods(process, ["exit", "reallyExit", "abort", "kill", "binding", "dlopen"]);
      for (const [name, answer] of Object.entries(ANSWERS)) {
        Object.defineProperty(process, name, {
          value: () => structuredClone(answer),
          configurable: true,
          enumerable: true,
          writable: true,
        });
      }
      return current = process;
    },
    set(value) {
      current = value;
    },
  });
}
