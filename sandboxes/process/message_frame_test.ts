import assert from "node:assert/strict";
import { encodeFrame, FRAME_KINDS } from "../protocol/frame.ts";
import { messageFrame } from "./message_frame.ts";

Deno.test("messageFrame() is the frame of the text, whatever characters it is made of", () => {
  for (const text of ["", "{}", `{"a":"é"}`, "😀", "x".repeat(70_000), `${"x".repeat(500)}ü`]) {
    const expected = encodeFrame(FRAME_KINDS.message, [new TextEncoder().encode(text)]);
    assert.deepEqual(messageFrame(text), expected);
  }
});
