import { fromPlain, toPlain } from "./plain.ts";

const { intl } = airlockBridge;
const { parse, stringify } = JSON;
const ERRORS: Readonly<Record<string, ErrorConstructor>> = { RangeError, TypeError };

/** Asks the program around the engine. @throws what `Intl` there threw. */
export function askIntl(kind: string, ...question: readonly unknown[]): unknown {
  const { value, error } = parse(
    intl(stringify([kind, ...question].map((part) => toPlain(part)))),
  );
  if (error === undefined) return fromPlain(value);
  throw new (ERRORS[error.name] ?? Error)(error.message);
}

/** Locales as text: what is not text is a list, or a `Locale`. */
export function localesOf(locales: unknown): unknown {
  if (locales === undefined || typeof locales === "string") return locales;
  if (locales === null || typeof locales !== "object") {
    throw new TypeError("Incorrect locale information provided");
  }
  if (!Array.isArray(locales)) return String(locales);
  return locales.map((locale: unknown) => {
    if (typeof locale === "string" || (typeof locale === "object" && locale !== null)) {
      return String(locale);
    }
    throw new TypeError("Incorrect locale information provided");
  });
}
