/** Entries kept; the oldest goes first. */
const MAX_ENTRIES = 1000;

interface Entry {
  readonly name: string;
  readonly entryType: "mark" | "measure";
  readonly startTime: number;
  readonly duration: number;
  readonly detail: unknown;
}

interface MeasureOptions {
  readonly start?: string | number;
  readonly end?: string | number;
  readonly duration?: number;
  readonly detail?: unknown;
}

/** `performance` of the User Timing standard; `now` is in milliseconds since the call began. */
export function createPerformance(now: () => number): object {
  let entries: Entry[] = [];
  const add = (entry: Entry): Entry => {
    entries = [...entries, entry].slice(-MAX_ENTRIES);
    return entry;
  };
  const clear = (type: Entry["entryType"], name?: string) => {
    entries = entries.filter((entry) =>
      entry.entryType !== type || (name !== undefined && entry.name !== name)
    );
  };
  const timeOf = (point: string | number | undefined, otherwise: number): number => {
    if (point === undefined) return otherwise;
    if (typeof point === "number") return point;
    const mark = entries.findLast(({ name, entryType }) => entryType === "mark" && name === point);
    if (mark !== undefined) return mark.startTime;
    throw new DOMException(`The mark '${point}' does not exist`, "SyntaxError");
  };
  const performance = {
    now,
    get timeOrigin() {
      return Date.now() - now();
    },
    mark: (name: string, { startTime = now(), detail = null }: {
      readonly startTime?: number;
      readonly detail?: unknown;
    } = {}) =>
      add({ ...{ name: String(name), entryType: "mark", startTime }, duration: 0, detail }),
    measure(name: string, from?: string | MeasureOptions, to?: string) {
      const given: MeasureOptions = typeof from === "object" ? from : { start: from, end: to };
      const end = timeOf(given.end, now());
      const start = given.duration === undefined
        ? timeOf(given.start, 0)
        : timeOf(given.start, end - given.duration);
      const { detail = null } = given;
      return add({
        ...{ name: String(name), entryType: "measure", startTime: start },
        ...{ duration: given.duration ?? end - start, detail },
      });
    },
    getEntries: () => [...entries],
    getEntriesByName: (name: string, type?: string) =>
      entries.filter((entry) =>
        entry.name === name && (type === undefined || entry.entryType === type)
      ),
    getEntriesByType: (type: string) => entries.filter(({ entryType }) => entryType === type),
    clearMarks: (name?: string) => clear("mark", name),
    clearMeasures: (name?: string) => clear("measure", name),
    toJSON: () => ({ timeOrigin: performance.timeOrigin }),
    [Symbol.toStringTag]: "Performance",
  };
  return performance;
}
