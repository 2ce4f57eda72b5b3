import type { Clock } from "./clock.ts";

/** Time of all processors since the machine started, in the kernel's ticks. */
export interface ProcessorTicks {
  readonly idle: number;
  readonly total: number;
}

/** Shorter spans have too few ticks to tell anything. */
const LEAST_SPAN_MS = 20;

/** Nobody has looked for so long that what was seen then says nothing. */
const LONGEST_SPAN_MS = 500;

/** Share of the processors' time in use from which on another process would only take turns. */
const BUSY_SHARE = 0.85;

/** Whether the machine's processors are busy, seen from one look to the next. */
export class ProcessorLoad {
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #read: () => ProcessorTicks | null;
  #seen: (ProcessorTicks & { readonly atMs: number }) | null = null;
  #areBusy = false;

  /** `read` answers `null` where nothing tells; then they never seem busy. */
  constructor(clock: Pick<Clock, "nowMs">, read: () => ProcessorTicks | null = readTicks) {
    this.#clock = clock;
    this.#read = read;
  }

  /** Looks, at most every few milliseconds. The first look after a while finds out nothing. */
  areBusy(): boolean {
    const nowMs = this.#clock.nowMs();
    const seen = this.#seen;
    const spanMs = seen === null ? Infinity : nowMs - seen.atMs;
    if (seen !== null && spanMs < LEAST_SPAN_MS) return this.#areBusy;
    const ticks = this.#read();
    if (ticks === null) return false;
    this.#seen = { ...ticks, atMs: nowMs };
    if (seen === null || spanMs > LONGEST_SPAN_MS) return this.#areBusy = false;
    const total = ticks.total - seen.total;
    if (total > 0) this.#areBusy = 1 - (ticks.idle - seen.idle) / total >= BUSY_SHARE;
    return this.#areBusy;
  }
}

/** The first line of `/proc/stat`; `null` where there is none. */
function readTicks(): ProcessorTicks | null {
  try {
    return parseTicks(Deno.readTextFileSync("/proc/stat"));
  } catch {
    return null; // This is not Linux.
  }
}

/** `null` for a text that is none of `/proc/stat`. */
export function parseTicks(stat: string): ProcessorTicks | null {
  const [name, ...fields] = stat.slice(0, stat.indexOf("\n")).split(/ +/);
  // user, nice, system, idle, iowait, irq, softirq, steal; what guests use is part of user.
  const ticks = fields.slice(0, 8).map(Number);
  if (name !== "cpu" || ticks.length < 4 || ticks.some(Number.isNaN)) return null;
  const idle = ticks[3]! + (ticks[4] ?? 0);
  return { idle, total: ticks.reduce((sum, part) => sum + part, 0) };
}
