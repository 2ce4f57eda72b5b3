import { stringCharCodeAt } from "./primordials.ts";

/**
 * Bytes of `text` as UTF-8. For well-formed text only, which JSON text is: lone surrogates are
 * escaped in it.
 */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = stringCharCodeAt(text, index);
    if (unit < 0x80) continue;
    // Each half of a surrogate pair stands for two of the pair's four bytes.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}
