import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { EncodeError, OutputTooLargeError } from "./guest_errors.ts";
import { settleResult } from "./settle_result.ts";

const settle = (value: unknown, maxBytes = 100_000, lastItemIsResult = false) =>
  settleResult({ value, lastItemIsResult }, { maxBytes });

async function* items(...values: unknown[]) {
  for (const value of values) yield await Promise.resolve(value);
}

const streamOf = (...parts: unknown[]) => ReadableStream.from(parts);

Deno.test("settleResult() collects every kind of stream", async () => {
  const rows: readonly (readonly [string, unknown, string])[] = [
    ["async generator", items({ a: 1 }, 2n, undefined), '[{"a":1},"2",null]'],
    [
      "sync generator",
      (function* () {
        yield 1;
        yield Promise.resolve(2);
        return 3;
      })(),
      "[1,2]",
    ],
    ["iterator of a map", new Map([["a", 1]]).entries(), '[["a",1]]'],
    ["text", items("a", "ž", "\n"), '"až\\n"'],
    ["text and others", items("a", 1), '["a",1]'],
    ["bytes", streamOf(new Uint8Array([1]), new Uint8Array([2, 3])), '"AQID"'],
    ["bytes and others", streamOf(new Uint8Array([1]), 5), '["AQ==",5]'],
    ["nothing", items(), "[]"],
    ["node stream", Readable.from([new Uint8Array([1, 2, 3])], { objectMode: false }), '"AQID"'],
    ["no stream: an array", [1, 2], "[1,2]"],
    ["no stream: text", "abc", '"abc"'],
    ["no stream: nothing", undefined, "null"],
  ];
  for (const [name, value, expected] of rows) assert.equal(await settle(value), expected, name);
});

Deno.test("settleResult() takes the last item of an AI SDK tool's generator", async () => {
  const chunks: string[] = [];
  const text = await settleResult({ value: items("one", { two: 2 }), lastItemIsResult: true }, {
    maxBytes: 1000,
    onChunk: (chunk) => void chunks.push(chunk),
  });
  assert.equal(text, '{"two":2}');
  assert.deepEqual(chunks, ['"one"', '{"two":2}']);
  assert.equal(await settle(items(), 100, true), "null");
  assert.equal(await settle(streamOf("a", "b"), 100, true), '"ab"');
});

Deno.test("settleResult() waits for each chunk to be taken before it asks for the next", async () => {
  let asked = 0;
  let taken = 0;
  async function* slow() {
    for (let index = 0; index < 5; index++) {
      assert.equal(asked++, taken);
      yield await Promise.resolve(index);
    }
  }
  await settleResult({ value: slow(), lastItemIsResult: false }, {
    maxBytes: 1000,
    onChunk: () => Promise.resolve().then(() => void taken++),
  });
  assert.equal(taken, 5);
});

Deno.test("settleResult() stops and closes an endless stream at its limit", async () => {
  let closed = false;
  let made = 0;
  async function* endless() {
    try {
      for (;;) yield await Promise.resolve("x".repeat(100) + made++);
    } finally {
      closed = true;
    }
  }
  await assert.rejects(settle(endless(), 10_000), (error: unknown) => {
    assert.ok(error instanceof OutputTooLargeError);
    assert.equal(error.limitBytes, 10_000);
    return true;
  });
  await Promise.resolve();
  assert.ok(closed);
  assert.ok(made < 110);
});

Deno.test("settleResult() says which item of a stream is not JSON", async () => {
  await assert.rejects(settle(items(1, { f() {} })), (error: unknown) => {
    assert.ok(error instanceof EncodeError);
    assert.equal(error.path, "$[1].f");
    return true;
  });
});

Deno.test("settleResult() stops between items when its signal aborts", async () => {
  const controller = new AbortController();
  const result = settleResult({ value: items(1, 2, 3), lastItemIsResult: false }, {
    maxBytes: 1000,
    signal: controller.signal,
    onChunk: () => controller.abort(new Error("enough")),
  });
  await assert.rejects(result, /enough/);
});

Deno.test("settleResult() passes on what a stream throws", async () => {
  async function* broken() {
    yield await Promise.resolve(1);
    throw new Error("broken pipe");
  }
  await assert.rejects(settle(broken()), /broken pipe/);
});

Deno.test("settleResult() copies bytes that the producer overwrites", async () => {
  const buffer = new Uint8Array([1, 1, 1]);
  async function* reused() {
    for (let fill = 1; fill <= 2; fill++) yield await Promise.resolve(buffer.fill(fill));
  }
  assert.equal(await settle(reused()), '"AQEBAgIC"');
});

Deno.test("settleResult() survives iterators that lie", async () => {
  const iterable = (next: unknown, more: object = {}) => ({
    [Symbol.asyncIterator]: () => ({ next, ...more }),
  });
  assert.equal(await settle(iterable(() => null)), "[]");
  assert.equal(await settle(iterable(() => 5)), "[]");
  await assert.rejects(settle(iterable(undefined)), /not a function/);
  await assert.rejects(settle({ [Symbol.asyncIterator]: () => null }), /not a function/);
  let reads = 0;
  const closing = iterable(() => {
    if (reads++ > 3) throw new Error("over");
    return { value: reads, done: false };
  }, {
    return: () => {
      throw new Error("close");
    },
  });
  await assert.rejects(settle(closing), /over/);
});

Deno.test("settleResult() does not take a planted iterator for a stream", async () => {
  Object.defineProperty(Object.prototype, Symbol.asyncIterator, {
    configurable: true,
    value: () => ({ next: () => ({ done: true }) }),
  });
  try {
    assert.equal(await settle({ a: 1 }), '{"a":1}');
  } finally {
    Reflect.deleteProperty(Object.prototype, Symbol.asyncIterator);
  }
});

Deno.test("settleResult() reads responses and blobs", async () => {
  const json = Response.json({ a: 1 }, { status: 201, headers: { "x-b": "c" } });
  assert.deepEqual(JSON.parse(await settle(json)), {
    status: 201,
    headers: { "content-type": "application/json", "x-b": "c" },
    body: { a: 1 },
  });
  const body = async (response: Response) => JSON.parse(await settle(response)).body;
  assert.equal(await body(new Response("žluť")), "žluť");
  assert.equal(await body(new Response(null, { status: 204 })), null);
  assert.equal(
    await body(new Response("{", { headers: { "content-type": "application/json" } })),
    "{",
  );
  assert.equal(
    await body(
      new Response(new Uint8Array([1, 2, 3]), { headers: { "content-type": "image/png" } }),
    ),
    "AQID",
  );
  const file = new File([new Uint8Array([1, 2, 3])], "a.bin", { type: "application/x" });
  assert.deepEqual(JSON.parse(await settle(file)), {
    type: "application/x",
    size: 3,
    name: "a.bin",
    base64: "AQID",
  });
});

Deno.test("settleResult() stops reading a body at its limit", async () => {
  let pulled = 0;
  let cancelled = false;
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(1000).fill(pulled++)),
    cancel: () => void (cancelled = true),
  });
  await assert.rejects(settle(new Response(endless), 10_000), OutputTooLargeError);
  assert.ok(pulled < 20);
  assert.ok(cancelled);
});
