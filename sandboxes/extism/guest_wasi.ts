import type { CallScope } from "./guest_call_scope.ts";
import { ExitSignal } from "./guest_call_scope.ts";
import { StandardStreams } from "./guest_standard_streams.ts";
import { utf8 } from "./guest_plugin_http.ts";

/** Error numbers of WASI preview 1. */
const ERRNO = { success: 0, badf: 8, inval: 28, notsup: 58, spipe: 70 } as const;

/** Kind of file that pipes are. */
const SOCKET_STREAM = 6;

/** Rights to read and write: bits of `fd_read` and `fd_write`. */
const READ_WRITE = (1n << 1n) | (1n << 6n);

const NANOSECONDS_PER_MS = 1_000_000;

/** Largest number of subscriptions that one `poll_oneoff` may have. */
const MAX_SUBSCRIPTIONS = 1_024;
const SUBSCRIPTION_BYTES = 48;
const EVENT_BYTES = 32;

/** Functions about files and sockets: there are none, so every descriptor is a wrong one. */
const WITHOUT_FILES = [
  ...["fd_advise", "fd_allocate", "fd_datasync", "fd_fdstat_set_rights", "fd_filestat_set_size"],
  ...["fd_filestat_set_times", "fd_pread", "fd_prestat_get", "fd_prestat_dir_name", "fd_pwrite"],
  ...["fd_readdir", "fd_renumber", "fd_sync", "path_create_directory", "path_filestat_get"],
  ...["path_filestat_set_times", "path_link", "path_open", "path_readlink"],
  ...["path_remove_directory", "path_rename", "path_symlink", "path_unlink_file"],
  ...["sock_accept", "sock_recv", "sock_send", "sock_shutdown"],
];

const WITH_STREAMS = [
  ...["args_get", "args_sizes_get", "environ_get", "environ_sizes_get", "clock_res_get"],
  ...["clock_time_get", "fd_close", "fd_fdstat_get", "fd_fdstat_set_flags", "fd_filestat_get"],
  ...["fd_read", "fd_seek", "fd_tell", "fd_write", "poll_oneoff", "proc_exit", "proc_raise"],
  ...["random_get", "sched_yield"],
];

/** Names of all functions that {@linkcode wasiFunctions} makes. */
export const WASI_FUNCTION_NAMES: ReadonlySet<string> = new Set([
  ...WITHOUT_FILES,
  ...WITH_STREAMS,
]);

/** What {@linkcode wasiFunctions} is made for. */
export interface WasiOptions {
  readonly scope: CallScope;
  readonly streams: StandardStreams;
  /** The memory of the module that calls; only asked for once it exists. */
  readonly memory: () => WebAssembly.Memory;
  /** Makes an asynchronous function one that WebAssembly can call and wait for. */
  readonly suspending: (work: (...args: number[]) => Promise<number>) => WebAssembly.ImportValue;
}

/**
 * WASI preview 1 without a file system: clocks, random numbers, arguments, environment and the three
 * standard streams. Pointers outside of the module's memory end the call.
 */
export function wasiFunctions(options: WasiOptions): Record<string, WebAssembly.ImportValue> {
  const { scope, streams } = options;
  const view = () => new DataView(options.memory().buffer);
  const bytes = (at: number, length: number) =>
    new Uint8Array(options.memory().buffer, at >>> 0, length >>> 0);
  const setU32 = (at: number, value: number) => view().setUint32(at >>> 0, value, true);
  const isStream = (fd: number) => fd >= 0 && fd <= 2;
  const args = texts(["plugin"]);
  const environ = texts(Object.entries(scope.env).map(([name, value]) => `${name}=${value}`));
  const putList = (list: readonly Uint8Array[], pointers: number, at: number) => {
    for (const item of list) {
      setU32(pointers, at);
      bytes(at, item.length).set(item);
      pointers += 4;
      at += item.length;
    }
    return ERRNO.success;
  };
  const putSizes = (list: readonly Uint8Array[], count: number, size: number) => {
    setU32(count, list.length);
    setU32(size, list.reduce((sum, item) => sum + item.length, 0));
    return ERRNO.success;
  };
  /** The pieces of memory that a vector of (pointer, length) names. */
  const pieces = (at: number, count: number) => {
    const memory = view();
    return Array.from({ length: Math.min(count >>> 0, MAX_SUBSCRIPTIONS) }, (_, index) => {
      const entry = (at >>> 0) + index * 8;
      return bytes(memory.getUint32(entry, true), memory.getUint32(entry + 4, true));
    });
  };
  const functions: Record<string, WebAssembly.ImportValue> = {
    args_get: (pointers: number, at: number) => putList(args, pointers, at),
    args_sizes_get: (count: number, size: number) => putSizes(args, count, size),
    environ_get: (pointers: number, at: number) => putList(environ, pointers, at),
    environ_sizes_get: (count: number, size: number) => putSizes(environ, count, size),
    clock_res_get(_clock: number, at: number) {
      view().setBigUint64(at >>> 0, BigInt(NANOSECONDS_PER_MS), true);
      return ERRNO.success;
    },
    clock_time_get(clock: number, _precision: bigint, at: number) {
      view().setBigUint64(at >>> 0, BigInt(Math.round(nowMs(clock) * NANOSECONDS_PER_MS)), true);
      return ERRNO.success;
    },
    fd_close: (fd: number) => isStream(fd) ? ERRNO.success : ERRNO.badf,
    fd_fdstat_set_flags: (fd: number) => isStream(fd) ? ERRNO.success : ERRNO.badf,
    fd_fdstat_get(fd: number, at: number) {
      if (!isStream(fd)) return ERRNO.badf;
      bytes(at, 24).fill(0);
      view().setUint8(at >>> 0, SOCKET_STREAM);
      view().setBigUint64((at >>> 0) + 8, READ_WRITE, true);
      return ERRNO.success;
    },
    fd_filestat_get(fd: number, at: number) {
      if (!isStream(fd)) return ERRNO.badf;
      bytes(at, 64).fill(0);
      view().setUint8((at >>> 0) + 16, SOCKET_STREAM);
      return ERRNO.success;
    },
    fd_read(fd: number, at: number, count: number, result: number) {
      if (fd !== 0) return ERRNO.badf;
      setU32(result, streams.read(pieces(at, count)));
      return ERRNO.success;
    },
    fd_write(fd: number, at: number, count: number, result: number) {
      if (fd !== 1 && fd !== 2) return ERRNO.badf;
      setU32(result, streams.write(fd, pieces(at, count)));
      return ERRNO.success;
    },
    fd_seek: (fd: number) => isStream(fd) ? ERRNO.spipe : ERRNO.badf,
    fd_tell: (fd: number) => isStream(fd) ? ERRNO.spipe : ERRNO.badf,
    poll_oneoff: options.suspending(async (from, to, count, result) => {
      if (count! < 1 || count! > MAX_SUBSCRIPTIONS) return ERRNO.inval;
      const waitMs = waitOf(view(), from! >>> 0, count!);
      if (waitMs > 0) await pause(waitMs, scope.signal);
      setU32(result!, putEvents(view(), { from: from! >>> 0, to: to! >>> 0, count: count! }));
      return ERRNO.success;
    }),
    proc_exit(code: number) {
      throw new ExitSignal(code);
    },
    proc_raise: () => ERRNO.notsup,
    random_get(at: number, length: number) {
      const target = bytes(at, length);
      for (let from = 0; from < target.length; from += 65_536) {
        crypto.getRandomValues(target.subarray(from, from + 65_536));
      }
      return ERRNO.success;
    },
    sched_yield: () => ERRNO.success,
  };
  for (const name of WITHOUT_FILES) functions[name] = () => ERRNO.badf;
  return functions;
}

function texts(list: readonly string[]): Uint8Array[] {
  return list.map((text) => utf8(`${text}\0`));
}

/** Clock 0 is the time of day; the others only count on. */
function nowMs(clock: number): number {
  return clock === 0 ? Date.now() : performance.now();
}

/** How long until the first subscription is due; streams are due at once. */
function waitOf(view: DataView, from: number, count: number): number {
  let waitMs = Infinity;
  for (let index = 0; index < count; index++) {
    const at = from + index * SUBSCRIPTION_BYTES;
    if (view.getUint8(at + 8) !== 0) return 0;
    const timeoutMs = Number(view.getBigUint64(at + 24, true)) / NANOSECONDS_PER_MS;
    const isAbsolute = (view.getUint16(at + 40, true) & 1) === 1;
    const clock = view.getUint32(at + 16, true);
    waitMs = Math.min(waitMs, isAbsolute ? timeoutMs - nowMs(clock) : timeoutMs);
  }
  return waitMs;
}

/** Reports every subscription as done: what a program waits for again is then due again. */
function putEvents(
  view: DataView,
  { from, to, count }: { readonly from: number; readonly to: number; readonly count: number },
): number {
  for (let index = 0; index < count; index++) {
    const subscription = from + index * SUBSCRIPTION_BYTES;
    const event = to + index * EVENT_BYTES;
    for (let at = 8; at < EVENT_BYTES; at += 8) view.setBigUint64(event + at, 0n, true);
    view.setBigUint64(event, view.getBigUint64(subscription, true), true);
    view.setUint8(event + 10, view.getUint8(subscription + 8));
  }
  return count;
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, Math.min(milliseconds, 2 ** 31 - 1));
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
