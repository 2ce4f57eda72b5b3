import { PROTOCOL_LIMITS } from "./protocol_limits.ts";

/** Frames that carry one message, given as JSON: itself, or in parts where it is long. */
export function splitMessage(
  text: string,
  { chunkCharacters }: { readonly chunkCharacters: number } = PROTOCOL_LIMITS,
): readonly string[] {
  if (text.length <= chunkCharacters) return [text];
  const id = crypto.randomUUID();
  const count = Math.ceil(text.length / chunkCharacters);
  return Array.from({ length: count }, (_, index) => {
    const data = text.slice(index * chunkCharacters, (index + 1) * chunkCharacters);
    return JSON.stringify({ type: "chunk", id, index, count, data });
  });
}
