import { environmentObject } from "../../guest/environment_object.ts";

/** The environment of a call, and who read what of it while the module was loaded. */
export interface Environment {
  readonly process: object;
  /** Names asked for so far. */
  readonly reads: ReadonlySet<string>;
  fill(values: Readonly<Record<string, string>>): void;
}

const refused = (name: string) => () => {
  throw new Error(`Calling process.${name}: refused in a sandbox`);
};

/** `process` as far as packages use it that touch neither files nor the machine. */
export function createProcess(
  write: (level: "stdout" | "stderr", text: string) => void,
): Environment {
  const values = new Map<string, string>();
  const reads = new Set<string>();
  const startMs = performance.now();
  const stream = (level: "stdout" | "stderr", fd: number) => ({
    fd,
    isTTY: false,
    columns: 80,
    writable: true,
    write: (text: unknown) => {
      write(level, String(text));
      return true;
    },
    on: () => undefined,
    once: () => undefined,
    end: () => undefined,
  });
  const silent = function (this: unknown) {
    return this;
  };
  const hrtime = (since?: readonly [number, number]): [number, number] => {
    const nowMs = performance.now();
    const seconds = Math.floor(nowMs / 1000);
    const nanoseconds = Math.floor((nowMs % 1000) * 1e6);
    if (since === undefined) return [seconds, nanoseconds];
    const borrow = nanoseconds < since[1] ? 1 : 0;
    return [seconds - since[0] - borrow, nanoseconds - since[1] + borrow * 1e9];
  };
  const process = {
    env: environmentObject(values, (name) => reads.add(name)),
    argv: ["node", "/tool"],
    execArgv: [],
    execPath: "node",
    title: "node",
    pid: 1,
    ppid: 0,
    platform: "linux",
    arch: "x64",
    version: "v24.0.0",
    versions: { node: "24.0.0" },
    release: { name: "node" },
    config: { variables: {} },
    features: {},
    exitCode: undefined,
    browser: false,
    stdout: stream("stdout", 1),
    stderr: stream("stderr", 2),
    stdin: { fd: 0, isTTY: false, on: silent, once: silent, resume: silent, pause: silent },
    cwd: () => "/",
    umask: () => 0o22,
    uptime: () => (performance.now() - startMs) / 1000,
    hrtime: Object.assign(hrtime, {
      bigint: () => BigInt(Math.floor(performance.now() * 1e6)),
    }),
    memoryUsage: Object.assign(
      () => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 }),
      { rss: () => 0 },
    ),
    nextTick: (callback: (...args: unknown[]) => void, ...args: unknown[]) =>
      queueMicrotask(() => callback(...args)),
    emitWarning: (warning: unknown) => write("stderr", `Warning: ${warning}`),
    on: silent,
    once: silent,
    off: silent,
    addListener: silent,
    removeListener: silent,
    removeAllListeners: silent,
    prependListener: silent,
    emit: () => false,
    listeners: () => [],
    listenerCount: () => 0,
    exit: refused("exit"),
    reallyExit: refused("reallyExit"),
    abort: refused("abort"),
    kill: refused("kill"),
    chdir: refused("chdir"),
    binding: refused("binding"),
    dlopen: refused("dlopen"),
    // By which packages know Node.
    [Symbol.toStringTag]: "process",
  };
  return {
    process,
    reads,
    fill(given) {
      values.clear();
      for (const [name, value] of Object.entries(given)) values.set(name, value);
    },
  };
}
