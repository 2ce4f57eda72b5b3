import { encodeFrame, FRAME_HEADER_BYTES, FRAME_KINDS, writeU32 } from "../protocol/frame.ts";

const encoder = new TextEncoder();

/** A frame that holds the JSON text of one message. */
export function messageFrame(text: string): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(FRAME_HEADER_BYTES + text.length);
  const { read, written } = encoder.encodeInto(text, frame.subarray(FRAME_HEADER_BYTES));
  // Other characters than ASCII take more room than was guessed: encoding to measure costs more.
  if (read < text.length) return encodeFrame(FRAME_KINDS.message, [encoder.encode(text)]);
  writeU32(frame, 0, written);
  frame[FRAME_HEADER_BYTES - 1] = FRAME_KINDS.message;
  return frame;
}
