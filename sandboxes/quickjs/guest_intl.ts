import { fromPlain, type Plain, toPlain } from "./guest/intl/plain.ts";

/** Methods of each formatter that instances may call. */
const METHODS = {
  Collator: ["compare"],
  DateTimeFormat: ["format", "formatToParts", "formatRange", "formatRangeToParts"],
  DisplayNames: ["of"],
  DurationFormat: ["format", "formatToParts"],
  ListFormat: ["format", "formatToParts"],
  Locale: [
    ...["maximize", "minimize", "getCalendars", "getCollations", "getHourCycles"],
    ...["getNumberingSystems", "getTextInfo", "getTimeZones", "getWeekInfo"],
  ],
  NumberFormat: ["format", "formatToParts", "formatRange", "formatRangeToParts"],
  PluralRules: ["select", "selectRange"],
  RelativeTimeFormat: ["format", "formatToParts"],
  Segmenter: ["segment"],
} as const;

const GLOBAL: readonly string[] = ["getCanonicalLocales", "supportedValuesOf"];
const LOCALE_FACTS = [
  ...["baseName", "calendar", "caseFirst", "collation", "hourCycle", "language", "numberingSystem"],
  ...["numeric", "region", "script", "variants"],
] as const;
/** Methods of values that take a locale. */
const OF_VALUES = {
  date: ["toLocaleDateString", "toLocaleString", "toLocaleTimeString"],
  number: ["toLocaleString"],
  text: ["toLocaleLowerCase", "toLocaleUpperCase"],
} as const;

/** Longest question, in characters. */
const MAX_QUESTION = 1024 * 1024;
/** Formatters kept; the one that was made first is forgotten first. */
const MAX_FORMATTERS = 64;

type Args = readonly unknown[];
type Made = Readonly<Record<string, unknown>>;

/**
 * Answers for `Intl`, which the engine has not. It is a function of its question alone: plain data in
 * and out, bounded, with nothing of the sandbox in it. Times are in UTC unless a zone is named.
 */
export class IntlAnswers {
  readonly #formatters = new Map<string, Made>();
  readonly #collators = new Map<string, Intl.Collator>();

  /** @returns JSON of `{ value }`, or of `{ error: { name, message } }`. Never throws. */
  answer(question: string): string {
    try {
      if (question.length > MAX_QUESTION) throw new RangeError("Formatting: the text is too long");
      const asked: unknown = JSON.parse(question);
      if (!Array.isArray(asked)) throw new TypeError("Formatting: not a question");
      const [kind, name, ...rest] = asked.map((part: Plain) => fromPlain(part));
      const value = this.#value(String(kind), { name: String(name), args: rest });
      return JSON.stringify({ value: toPlain(value) });
    } catch (thrown) {
      const { name, message } = thrown instanceof Error ? thrown : new Error("it failed");
      return JSON.stringify({ error: { name, message } });
    }
  }

  /** Compares two texts by a collation named by its settings as text; `NaN` where it cannot. */
  compare(key: string, ...[text, other]: [string, string]): number {
    if (key.length + text.length + other.length > MAX_QUESTION) return NaN;
    try {
      const known = this.#collators.get(key);
      if (known !== undefined) return known.compare(text, other);
      const [locales, options]: Plain[] = JSON.parse(key);
      const made = this.#made("Collator", {
        locales: fromPlain(locales ?? null),
        options: fromPlain(options ?? null),
      });
      if (!(made instanceof Intl.Collator)) return NaN;
      if (this.#collators.size >= MAX_FORMATTERS) this.#collators.clear();
      this.#collators.set(key, made);
      return made.compare(text, other);
    } catch {
      // The instance asks in full then, and is told why.
      return NaN;
    }
  }

  #value(kind: string, { name, args }: { readonly name: string; readonly args: Args }): unknown {
    if (kind === "date" || kind === "number" || kind === "text") {
      return ofValue(kind, { name, args });
    }
    if (kind === "global" && GLOBAL.includes(name)) return call(Intl, { name, args });
    if (!isFormatter(kind)) throw new TypeError("Formatting: not a question");
    const [locales, options, ...given] = args;
    if (name === "supportedLocalesOf") return call(Intl[kind], { name, args });
    const made = this.#made(kind, { locales, options });
    if (name === "new") return factsOf(kind, made);
    const known: readonly string[] = METHODS[kind];
    if (!known.includes(name)) throw new TypeError("Formatting: not a question");
    const result = call(made, { name, args: given });
    if (kind === "Segmenter") return segmentsOf(result);
    return result instanceof Intl.Locale ? result.toString() : result;
  }

  #made(
    kind: keyof typeof METHODS,
    { locales, options }: { readonly locales: unknown; readonly options: unknown },
  ): Made {
    const key = JSON.stringify([kind, toPlain(locales), toPlain(options)]);
    const known = this.#formatters.get(key);
    if (known !== undefined) return known;
    const given = kind === "DateTimeFormat" ? inUtc(options) : options;
    const made: Made = Reflect.construct(Intl[kind], [locales, given]);
    this.#formatters.set(key, made);
    const [first] = this.#formatters.keys();
    if (this.#formatters.size > MAX_FORMATTERS && first !== undefined) {
      this.#formatters.delete(first);
    }
    return made;
  }
}

function isFormatter(kind: string): kind is keyof typeof METHODS {
  return Object.hasOwn(METHODS, kind);
}

function ofValue(
  kind: keyof typeof OF_VALUES,
  { name, args: [value, locales, options] }: { readonly name: string; readonly args: Args },
): unknown {
  const known: readonly string[] = OF_VALUES[kind];
  if (!known.includes(name)) throw new TypeError("Formatting: not a question");
  if (kind === "date") {
    return call(new Date(Number(value)), { name, args: [locales, inUtc(options)] });
  }
  if (kind === "text") return call(String(value), { name, args: [locales] });
  const number = typeof value === "bigint" ? value : Number(value);
  return call(number, { name, args: [locales, options] });
}

function call(
  receiver: unknown,
  { name, args }: { readonly name: string; readonly args: Args },
): unknown {
  const method: unknown = Reflect.get(Object(receiver), name);
  if (typeof method !== "function") throw new TypeError(`Formatting: ${name} is not there`);
  return Reflect.apply(method, receiver, args);
}

function inUtc(options: unknown): unknown {
  if (options === undefined) return { timeZone: "UTC" };
  if (typeof options !== "object" || options === null) return options;
  return { ...options, timeZone: Reflect.get(options, "timeZone") ?? "UTC" };
}

function factsOf(kind: string, made: Made): unknown {
  if (kind !== "Locale") return call(made, { name: "resolvedOptions", args: [] });
  const facts = LOCALE_FACTS.map((name) => [name, made[name]] as const);
  return { tag: String(made), ...Object.fromEntries(facts) };
}

/** Where segments begin, and whether they are words: their texts are the caller's already. */
function segmentsOf(segments: unknown): unknown {
  return [...segments as Iterable<Intl.SegmentData>].map(({ index, isWordLike }) =>
    isWordLike === undefined ? [index] : [index, isWordLike]
  );
}
