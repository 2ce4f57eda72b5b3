/**
 * The text of `bytes` in an encoding of the Encoding Standard, or, where `how` is empty, the
 * encoding's name; `null` where there is no such encoding, or the bytes are not text in it.
 */
export function decodeText(
  label: string,
  { how, bytes }: { readonly how: string; readonly bytes: Uint8Array },
): string | null {
  try {
    const decoder = new TextDecoder(label, { fatal: how === "fatal" });
    return how === "" ? decoder.encoding : decoder.decode(bytes);
  } catch {
    // The instance says what is wrong.
    return null;
  }
}
