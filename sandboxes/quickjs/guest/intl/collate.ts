import { askIntl } from "./ask_intl.ts";
import { fromPlain, type Plain, toPlain } from "./plain.ts";

const { compare } = airlockBridge;

/** What names a collation outside: its settings, as text. */
export function collatorKey(locales: unknown, options: unknown): string {
  return JSON.stringify([toPlain(locales), toPlain(options)]);
}

/** Compares two texts. @throws {RangeError} for settings that no collation has. */
export function collate(key: string, ...[text, other]: [string, string]): number {
  const order = compare(key, text, other);
  if (!Number.isNaN(order)) return order;
  // There is no such collation: asked in full, the answer says why.
  const [locales, options] = JSON.parse(key).map((part: Plain) => fromPlain(part));
  askIntl("Collator", "new", locales, options);
  throw new RangeError("Comparing texts: they are too long");
}
