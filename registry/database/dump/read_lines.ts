import { AirlockError } from "../../../spec/errors.ts";

/** Longest line of a dump. Every row is one. */
const MAX_LINE_CHARACTERS = 256 * 1024 * 1024;

/** Lines of UTF-8 text, without their ends. Holds one line, not all. */
export async function* readLines(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let parts: string[] = [];
  let characters = 0;
  for await (const text of bytes.pipeThrough(new TextDecoderStream("utf-8", { fatal: true }))) {
    const lines = text.split("\n");
    const last = lines.pop() ?? "";
    for (const line of lines) {
      yield parts.length === 0 ? line : parts.join("") + line;
      [parts, characters] = [[], 0];
    }
    if (last === "") continue;
    parts.push(last);
    characters += last.length;
    if (characters > MAX_LINE_CHARACTERS) throw tooLong();
  }
  if (parts.length > 0) yield parts.join("");
}

function tooLong(): AirlockError {
  return new AirlockError(
    "payload_too_large",
    `Reading lines: one is longer than ${MAX_LINE_CHARACTERS} characters`,
  );
}
