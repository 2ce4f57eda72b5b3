const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Writes bytes as a number in base 62, with leading zeros to the width that so many bytes need. */
export function base62(bytes: Uint8Array): string {
  const width = Math.ceil(bytes.length * 8 / Math.log2(62));
  const number = Uint8Array.from(bytes);
  let text = "";
  for (let place = 0; place < width; place++) text = DIGITS[divide(number)] + text;
  return text;
}

/** Divides a number of bytes, most significant first, by 62 in place. @returns what is left. */
function divide(number: Uint8Array): number {
  let rest = 0;
  for (const [at, byte] of number.entries()) {
    const value = rest * 256 + byte;
    number[at] = Math.floor(value / 62);
    rest = value % 62;
  }
  return rest;
}
