import { askIntl, localesOf } from "./ask_intl.ts";
import { collate, collatorKey } from "./collate.ts";
import { createFormatter, finish, method } from "./formatter.ts";

const RANGES = ["formatToParts", "formatRange", "formatRangeToParts"] as const;
const LOCALE_METHODS = [
  ...["getCalendars", "getCollations", "getHourCycles", "getNumberingSystems", "getTextInfo"],
  ...["getTimeZones", "getWeekInfo"],
] as const;

/** `Intl`, answered by the program around the engine. */
export function createIntl(): object {
  const list = (value: unknown) => {
    const isList = typeof value === "object" && value !== null && Symbol.iterator in value;
    return isList ? [...value as Iterable<unknown>] : value;
  };
  const number = (value: unknown) => typeof value === "object" ? Number(value) : value;
  const parts = { methods: ["format", "formatToParts"], isCallable: false } as const;
  const intl = {
    Collator: createFormatter("Collator", {
      ...{ methods: [], bound: "compare", isCallable: true },
      run: (locales, options) => {
        const key = collatorKey(locales, options);
        return (text, other) => collate(key, String(text), String(other));
      },
    }),
    DateTimeFormat: createFormatter("DateTimeFormat", {
      ...{ methods: RANGES, bound: "format", isCallable: true },
      // `format()` formats now, by the call's own clock.
      argument: (value) => value === undefined ? Date.now() : number(value),
    }),
    DisplayNames: createFormatter("DisplayNames", {
      ...{ methods: ["of"], isCallable: false, argument: String },
    }),
    DurationFormat: createFormatter("DurationFormat", parts),
    ListFormat: createFormatter("ListFormat", { ...parts, argument: list }),
    Locale: finish(GuestLocale, "Locale"),
    NumberFormat: createFormatter("NumberFormat", {
      ...{ methods: RANGES, bound: "format", isCallable: true, argument: number },
    }),
    PluralRules: createFormatter("PluralRules", {
      ...{ methods: ["select", "selectRange"], isCallable: false, argument: Number },
    }),
    RelativeTimeFormat: createFormatter("RelativeTimeFormat", parts),
    Segmenter: createSegmenter(),
    getCanonicalLocales: (locales?: unknown) =>
      askIntl("global", "getCanonicalLocales", localesOf(locales)),
    supportedValuesOf: (key: unknown) => askIntl("global", "supportedValuesOf", String(key)),
  };
  const whole = {};
  for (const [name, value] of Object.entries(intl)) method(whole, name, value);
  Object.defineProperty(whole, Symbol.toStringTag, { value: "Intl", configurable: true });
  return whole;
}

/** What a locale says of itself. */
interface Facts {
  readonly tag: string;
  readonly [name: string]: unknown;
}

class GuestLocale {
  readonly #facts: Facts;

  constructor(tag: unknown, options?: unknown) {
    if (typeof tag !== "string" && (typeof tag !== "object" || tag === null)) {
      throw new TypeError("First argument to Intl.Locale constructor can't be empty or missing");
    }
    const facts = askIntl("Locale", "new", String(tag), options);
    this.#facts = facts as Facts;
    for (const name of LOCALE_METHODS) {
      method(this, name, () => askIntl("Locale", name, this.#facts.tag, undefined));
    }
    for (const [name, value] of Object.entries(this.#facts)) {
      if (name !== "tag") Object.defineProperty(this, name, { value, configurable: true });
    }
  }

  maximize(): GuestLocale {
    return new GuestLocale(askIntl("Locale", "maximize", this.#facts.tag, undefined));
  }

  minimize(): GuestLocale {
    return new GuestLocale(askIntl("Locale", "minimize", this.#facts.tag, undefined));
  }

  toString(): string {
    return this.#facts.tag;
  }
}

type Segment = { segment: string; index: number; input: string; isWordLike?: boolean };

function createSegmenter(): object {
  const constructor = createFormatter("Segmenter", { methods: ["segment"], isCallable: false }) as {
    readonly prototype: object;
  };
  const where: unknown = Reflect.get(constructor.prototype, "segment");
  method(constructor.prototype, "segment", function (this: object, text: unknown) {
    const input = String(text);
    const starts = Reflect.apply(where as (text: string) => unknown, this, [input]);
    return new GuestSegments(input, starts as [number, boolean?][]);
  });
  return constructor;
}

class GuestSegments {
  readonly #segments: readonly Segment[];

  constructor(input: string, starts: readonly (readonly [index: number, isWordLike?: boolean])[]) {
    this.#segments = starts.map(([index, isWordLike], at) => ({
      segment: input.slice(index, starts[at + 1]?.[0] ?? input.length),
      ...{ index, input },
      ...(isWordLike === undefined ? {} : { isWordLike }),
    }));
  }

  containing(index = 0): Segment | undefined {
    return this.#segments.findLast((segment) =>
      segment.index <= index && index < segment.index + segment.segment.length
    );
  }

  *[Symbol.iterator](): Generator<Segment, undefined> {
    for (const segment of this.#segments) yield { ...segment };
  }
}
