import { AirlockError } from "../../spec/errors.ts";

/**
 * Reads a body as UTF-8.
 * @throws {AirlockError} `resource_limit` beyond `maxBytes`, the rest being left unread.
 */
export async function readText(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<string> {
  if (body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  // Leaving the loop early cancels the stream.
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      throw new AirlockError("resource_limit", `Reading an answer: more than ${maxBytes} bytes`, {
        stage: "execute",
        details: { limit: "outputBytes", limitBytes: maxBytes },
      });
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
