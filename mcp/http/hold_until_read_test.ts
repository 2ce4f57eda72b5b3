import assert from "node:assert/strict";
import { holdUntilRead } from "./hold_until_read.ts";

Deno.test("holdUntilRead() lets go when all was read, or nobody reads", async () => {
  let released = 0;
  const release = () => void released++;
  const read = holdUntilRead(new Response("text", { status: 201 }), release);
  assert.deepEqual([read.status, released], [201, 0]);
  assert.equal(await read.text(), "text");
  assert.equal(released, 1);
  const left = holdUntilRead(new Response("text"), release);
  await left.body?.cancel();
  assert.equal(released, 2);
  holdUntilRead(new Response(null, { status: 202 }), release);
  assert.equal(released, 3);
});
