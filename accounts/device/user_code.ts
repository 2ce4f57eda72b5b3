/** Consonants that are not taken for one another, and make no words (RFC 8628 §6.1). */
const LETTERS = "BCDFGHJKLMNPQRSTVWXZ";

const LENGTH = 8;

/** The largest multiple of the number of letters that a byte holds: above it, some would be likelier. */
const FAIR_BYTES = 256 - 256 % LETTERS.length;

/** A code for somebody to type: 34 random bits. */
export function newUserCode(): string {
  let code = "";
  while (code.length < LENGTH) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < FAIR_BYTES) code += LETTERS[byte % LETTERS.length];
  }
  return code;
}

/** A code as it is shown. */
export function showUserCode(code: string): string {
  return `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`;
}

/** The code that somebody typed, in whatever way; `undefined` where it is none. */
export function readUserCode(text: string): string | undefined {
  const code = text.slice(0, 100).toUpperCase().replaceAll(/[\s\p{Pd}_.]/gu, "");
  const isCode = code.length === LENGTH && [...code].every((letter) => LETTERS.includes(letter));
  return isCode ? code : undefined;
}
