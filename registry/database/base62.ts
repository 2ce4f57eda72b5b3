const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Digits that are divided off at once: what is left of a division fits into 30 bits. */
const GROUP_DIGITS = 5;
const GROUP = 62 ** GROUP_DIGITS;

/** Writes bytes as a number in base 62, with leading zeros to the width that so many bytes need. */
export function base62(bytes: Uint8Array): string {
  const width = Math.ceil(bytes.length * 8 / Math.log2(62));
  const number = Uint8Array.from(bytes);
  let text = "";
  while (text.length < width) {
    let rest = divide(number);
    for (let digit = 0; digit < GROUP_DIGITS && text.length < width; digit++) {
      text = DIGITS[rest % 62] + text;
      rest = Math.floor(rest / 62);
    }
  }
  return text;
}

/** Divides a number of bytes, most significant first, by 62⁵ in place. @returns what is left. */
function divide(number: Uint8Array): number {
  let rest = 0;
  for (let at = 0; at < number.length; at++) {
    const value = rest * 256 + number[at]!;
    number[at] = Math.floor(value / GROUP);
    rest = value % GROUP;
  }
  return rest;
}
