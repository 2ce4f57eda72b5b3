/**
 * Printable ASCII in the order of Unicode's root collation (CLDR, "en"), letters of both cases as one;
 * `tests/fixtures/locale_apis.mjs` compares it with the real one.
 */
const ORDER = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz";
const PRINTABLE = /^[\x20-\x7e]*$/;

const weights = new Uint8Array(128);
for (let at = 0; at < ORDER.length; at += 1) {
  weights[ORDER.charCodeAt(at)] = at + 1;
  weights[ORDER[at]!.toUpperCase().charCodeAt(0)] = at + 1;
}

/** Compares two texts as the default locale does; `null` where one is more than ASCII. */
export function compareAscii(text: string, other: string): number | null {
  if (!PRINTABLE.test(text) || !PRINTABLE.test(other)) return null;
  const length = Math.min(text.length, other.length);
  let byCase = 0;
  for (let at = 0; at < length; at += 1) {
    const a = text.charCodeAt(at);
    const b = other.charCodeAt(at);
    if (a === b) continue;
    const difference = weights[a]! - weights[b]!;
    if (difference !== 0) return difference < 0 ? -1 : 1;
    // Only the case differs: the small letter is first, unless something else decides.
    if (byCase === 0) byCase = a > b ? -1 : 1;
  }
  return Math.sign(text.length - other.length) || byCase;
}
