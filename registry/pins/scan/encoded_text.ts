/** Characters in a row that no word and no identifier has. */
const BLOB = /[A-Za-z0-9+/_-]{80,}={0,2}/g;
const MIN_DISTINCT = 16;
const MAX_BLOBS = 20;
const MAX_BLOB = 8_192;

/** A run of text that means something else than it shows. */
export interface EncodedText {
  readonly at: number;
  /** The text that it stands for; empty where it is none. */
  readonly decoded: string;
}

/** Finds runs of base64; of those that hold text the text. */
export function encodedTexts(text: string): readonly EncodedText[] {
  const found: EncodedText[] = [];
  for (const { 0: run, index } of text.matchAll(BLOB)) {
    if (found.length === MAX_BLOBS) break;
    if (new Set(run.slice(0, MAX_BLOB)).size < MIN_DISTINCT && !/^[0-9a-f]+$/i.test(run)) continue;
    if (!/[0-9]/.test(run) || /^[a-z]+$|^[A-Z]+$/.test(run)) continue;
    found.push({ at: index, decoded: decode(run.slice(0, MAX_BLOB)) });
  }
  return found;
}

function decode(run: string): string {
  const plain = run.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "");
  try {
    const bytes = Uint8Array.from(
      atob(plain.slice(0, plain.length - plain.length % 4)),
      (character) => character.charCodeAt(0),
    );
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    // Not base64, or bytes that are no text.
    if (error instanceof DOMException || error instanceof TypeError) return "";
    throw error;
  }
}
