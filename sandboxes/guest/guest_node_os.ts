import os from "node:os";

/** What a tool may be told about the place it runs in. */
export interface GuestMachine {
  /** The private directory of `fs: "tmp"`, as the guest sees it; also named where not granted. */
  readonly tmpDirectory: string;
}

const MIB = 1024 * 1024;

/**
 * Makes `node:os` answer with constants where Deno refuses to answer: many packages ask for the
 * host's name or the number of its processors while they load, and fail where that throws. Nothing
 * said is true of the host. As with `node:http`, only the default export is changed, which bundles
 * read and `require` gives.
 */
export function installNodeOs({ tmpDirectory }: GuestMachine): void {
  const answers: Readonly<Record<string, () => unknown>> = {
    availableParallelism: () => 1,
    cpus: () => [{
      model: "sandbox",
      speed: 0,
      times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 },
    }],
    freemem: () => 128 * MIB,
    getPriority: () => 0,
    homedir: () => "/nonexistent",
    hostname: () => "sandbox",
    loadavg: () => [0, 0, 0],
    networkInterfaces: () => ({}),
    release: () => "0.0.0",
    tmpdir: () => tmpDirectory,
    totalmem: () => 256 * MIB,
    uptime: () => 0,
    userInfo: () => ({
      uid: -1,
      gid: -1,
      username: "sandbox",
      homedir: "/nonexistent",
      shell: null,
    }),
    version: () => "sandbox",
  };
  for (const [name, value] of Object.entries(answers)) {
    Object.defineProperty(os, name, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
}
