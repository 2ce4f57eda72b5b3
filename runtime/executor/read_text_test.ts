import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { readText } from "./read_text.ts";

function parts(
  ...all: Uint8Array[]
): { body: ReadableStream<Uint8Array>; wasCancelled: () => boolean } {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = all.shift();
      if (next === undefined) controller.close();
      else controller.enqueue(next);
    },
    cancel: () => void (cancelled = true),
  }, { highWaterMark: 0 });
  return { body, wasCancelled: () => cancelled };
}

Deno.test("readText() puts characters together that were cut between chunks", async () => {
  const bytes = new TextEncoder().encode("a€b");
  assert.equal(await readText(parts(bytes.slice(0, 2), bytes.slice(2)).body, 5), "a€b");
  assert.equal(await readText(null, 5), "");
});

Deno.test("readText() stops reading at the bound", async () => {
  const { body, wasCancelled } = parts(new Uint8Array(4), new Uint8Array(4), new Uint8Array(4));
  await assert.rejects(
    readText(body, 7),
    (error: unknown) => error instanceof AirlockError && error.code === "resource_limit",
  );
  assert.ok(wasCancelled());
});
