import assert from "node:assert/strict";
import { holdUntilRead } from "./hold_until_read.ts";

Deno.test("holdUntilRead() lets go when all was read, or nobody reads", async () => {
  let released = 0;
  const release = () => void released++;
  const headers = { "content-type": "text/event-stream" };
  const read = holdUntilRead(new Response("text", { status: 201, headers }), release);
  assert.deepEqual([read.status, released], [201, 0]);
  assert.equal(await read.text(), "text");
  assert.equal(released, 1);
  const left = holdUntilRead(new Response("text", { headers }), release);
  await left.body?.cancel();
  assert.equal(released, 2);
  holdUntilRead(new Response(null, { status: 202 }), release);
  assert.equal(released, 3);
  // What is there already has nothing that goes on.
  holdUntilRead(Response.json({}), release);
  assert.equal(released, 4);
});
