import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { hasPanicked } from "./has_panicked.ts";

function message(type: string, text: string): Buffer {
  const body = Buffer.from(text, "latin1");
  const head = Buffer.alloc(5);
  head.write(type, "latin1");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

Deno.test("hasPanicked() finds the severity among fields and messages, and nowhere else", () => {
  const ready = message("Z", "I");
  const error = (severity: string) =>
    message("E", `SPANIK\0V${severity}\0C58P01\0MPANIC VPANIC\0\0`);
  assert(hasPanicked(error("PANIC")));
  assert(hasPanicked(Buffer.concat([message("C", "SELECT 1\0"), error("PANIC"), ready])));
  assert(!hasPanicked(Buffer.concat([error("ERROR"), ready])));
  assert(!hasPanicked(Buffer.concat([message("D", "\0\x01\0\0\0\x06VPANIC"), ready])));
  for (const broken of [Buffer.alloc(0), Buffer.alloc(20), error("PANIC").subarray(0, 4)]) {
    assert(!hasPanicked(broken));
  }
});
