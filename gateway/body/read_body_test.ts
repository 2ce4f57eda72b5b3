import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { readBody } from "./read_body.ts";

const BOUNDS = { maxBytes: 8, timeoutMs: 10_000 };

function request(body: BodyInit | null, headers: Record<string, string> = {}): Request {
  return new Request("http://127.0.0.1/", { method: "POST", body, headers });
}

/** A body of these parts whose source is asked for no more than is read. */
function parts(...texts: string[]): { body: ReadableStream<Uint8Array>; pulled: () => number } {
  const encoder = new TextEncoder();
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const text = texts[pulled++];
      if (text === undefined) controller.close();
      else controller.enqueue(encoder.encode(text));
    },
  }, { highWaterMark: 0 });
  return { body, pulled: () => pulled };
}

async function failureOf(reading: Promise<string>): Promise<AirlockError> {
  const outcome = await reading.catch((error: unknown) => error);
  assert.ok(outcome instanceof AirlockError, `no failure of ours: ${String(outcome)}`);
  assert.equal(outcome.stage, "request");
  return outcome;
}

Deno.test("readBody() gives back text, whole and in parts", async () => {
  assert.equal(await readBody(request(null), BOUNDS), "");
  assert.equal(await readBody(request("12345678"), BOUNDS), "12345678");
  assert.equal(await readBody(request("1234", { "content-length": "4" }), BOUNDS), "1234");
  assert.equal(await readBody(request(parts("12", "", "345678").body), BOUNDS), "12345678");
});

Deno.test("readBody() puts together characters that were cut between parts", async () => {
  const bytes = new TextEncoder().encode("é€");
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
      controller.close();
    },
  });
  assert.equal(await readBody(request(body), BOUNDS), "é€");
});

Deno.test("readBody() refuses a declared length before it reads anything", async () => {
  for (const declared of ["9", "1e9", "0x100", "Infinity"]) {
    const { body, pulled } = parts("1");
    const failure = await failureOf(
      readBody(request(body, { "content-length": declared }), BOUNDS),
    );
    assert.equal(failure.code, "payload_too_large", declared);
    assert.deepEqual(failure.details, { maxBytes: 8 });
    assert.equal(pulled(), 0);
  }
});

Deno.test("readBody() counts bytes, not characters, and stops at the first too many", async () => {
  assert.equal(await readBody(request("éééé"), BOUNDS), "éééé");
  assert.equal((await failureOf(readBody(request("ééééé"), BOUNDS))).code, "payload_too_large");
  const { body, pulled } = parts("12345", "6789", "never", "never");
  assert.equal((await failureOf(readBody(request(body), BOUNDS))).code, "payload_too_large");
  assert.equal(pulled(), 2);
});

Deno.test("readBody() does not believe a declared length that is too small", async () => {
  const lies: Record<string, string>[] = [
    { "content-length": "1" },
    { "content-length": "1", "transfer-encoding": "chunked" },
    { "content-length": "many" },
  ];
  for (const headers of lies) {
    const failure = await failureOf(readBody(request("x".repeat(9), headers), BOUNDS));
    assert.equal(failure.code, "payload_too_large", JSON.stringify(headers));
  }
});

Deno.test("readBody() refuses bytes that are not UTF-8", async () => {
  for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0xaf]]) {
    const failure = await failureOf(readBody(request(new Uint8Array(bytes)), BOUNDS));
    assert.equal(failure.code, "invalid_input");
    assert.match(failure.message, /not UTF-8/);
  }
});

Deno.test("readBody() gives up on a body that does not come to its end", async () => {
  const silent = new ReadableStream<Uint8Array>({ start: (c) => c.enqueue(new Uint8Array([49])) });
  const failure = await failureOf(readBody(request(silent), { maxBytes: 8, timeoutMs: 20 }));
  assert.equal(failure.code, "invalid_input");
  assert.match(failure.message, /incomplete after 20 ms/);
});

Deno.test("readBody() tells a connection that broke off from a bug", async () => {
  const broken = new ReadableStream<Uint8Array>({ start: (c) => c.error(new TypeError("reset")) });
  const failure = await failureOf(readBody(request(broken), BOUNDS));
  assert.equal(failure.code, "invalid_input");
  assert.match(failure.message, /broke off/);
  assert.ok(failure.cause instanceof TypeError);
});
