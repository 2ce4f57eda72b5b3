/**
 * Text from a tool made safe for a terminal: control characters, and characters that reorder what is
 * shown, become visible escapes. Line feeds and tabs stay.
 */
export function printable(text: string): string {
  return text.replace(
    /[^\P{C}\n\t]|[\u2028\u2029]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
