const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Digits that are divided off at once: what is left of a division fits into 30 bits. */
const GROUP_DIGITS = 5;
const GROUP = 62 ** GROUP_DIGITS;

/** Bits of the number that are divided at once: with what is left, far below what a number holds. */
const LIMB = 2 ** 16;

/** Writes bytes as a number in base 62, with leading zeros to the width that so many bytes need. */
export function base62(bytes: Uint8Array): string {
  const width = Math.ceil(bytes.length * 8 / Math.log2(62));
  const limbs = limbsOf(bytes);
  let text = "";
  while (text.length < width) {
    let rest = divide(limbs);
    for (let digit = 0; digit < GROUP_DIGITS && text.length < width; digit++) {
      const above = Math.floor(rest / 62);
      text = DIGITS[rest - above * 62] + text;
      rest = above;
    }
  }
  return text;
}

function limbsOf(bytes: Uint8Array): Uint16Array {
  const limbs = new Uint16Array(Math.ceil(bytes.length / 2));
  for (let at = bytes.length - 1, limb = limbs.length - 1; at >= 0; at -= 2, limb--) {
    limbs[limb] = bytes[at]! + (at > 0 ? bytes[at - 1]! * 256 : 0);
  }
  return limbs;
}

/** Divides a number, most significant limb first, by 62⁵ in place. @returns what is left. */
function divide(limbs: Uint16Array): number {
  let rest = 0;
  for (let at = 0; at < limbs.length; at++) {
    const value = rest * LIMB + limbs[at]!;
    // Not by `%`, which is slow beyond 32 bits.
    const quotient = Math.floor(value / GROUP);
    limbs[at] = quotient;
    rest = value - quotient * GROUP;
  }
  return rest;
}
