import assert from "node:assert/strict";
import { GuestMemories } from "./guest_memories.ts";

const PAGE_BYTES = 64 * 1024;

Deno.test("GuestMemories gives back what it was given, and nothing twice", () => {
  const memories = new GuestMemories(2 * PAGE_BYTES);
  const [first, second] = [memories.take(), memories.take()];
  assert.notEqual(first, second);
  assert.equal(first.buffer.byteLength, 2 * PAGE_BYTES);
  assert.equal(memories.give(first), true);
  assert.equal(memories.take(), first);
  assert.notEqual(memories.take(), first);
});

Deno.test("GuestMemories lets go of memories that have grown, and of more than it may keep", () => {
  const memories = new GuestMemories(PAGE_BYTES);
  const grown = memories.take();
  grown.grow(1);
  assert.equal(memories.give(grown), false);
  const taken = Array.from({ length: 20 }, () => memories.take());
  const kept = taken.filter((memory) => memories.give(memory));
  assert.ok(kept.length >= 4 && kept.length < taken.length, String(kept.length));
});
