import assert from "node:assert/strict";
import { FRAME_KINDS, type FrameKind, u32Bytes } from "../protocol/frame.ts";
import { readGuestFrame } from "./read_guest_frame.ts";

const encoder = new TextEncoder();

function message(value: unknown) {
  return readGuestFrame({
    kind: FRAME_KINDS.message,
    payload: encoder.encode(JSON.stringify(value)),
  });
}

const REQUEST = {
  type: "request",
  call: 1,
  stream: 2,
  method: "GET",
  url: "https://a.example/",
  headers: [["a", "b"]],
  hasBody: false,
  redirect: "follow",
};

Deno.test("readGuestFrame() reads what guests send", () => {
  const messages = [
    { type: "ready" },
    { type: "loaded", importMs: 1.5 },
    { type: "load-failed", thrown: { name: "E", message: "", stack: "s" } },
    { type: "described", report: { tools: [], otherExports: ["a"], warnings: [] } },
    { type: "failed", call: 1, failure: { kind: "not-found", available: [] } },
    { type: "log", call: null, level: "warn", message: "" },
    { type: "dropped", call: 1, bytes: 5 },
    { type: "spoiled", reason: "r" },
    REQUEST,
    { type: "end", stream: 1 },
    { type: "cancel", stream: 1 },
    { type: "credit", stream: 1, bytes: 0 },
  ];
  for (const value of messages) assert.deepEqual(message(value), value);
});

Deno.test("readGuestFrame() refuses messages that a tool has bent", () => {
  const bent = [
    null,
    5,
    "ready",
    [{ type: "ready" }],
    {},
    { type: "constructor" },
    { type: "__proto__" },
    { type: ["log"], call: 1, level: "info", message: "m" },
    { type: "log", call: 1, level: "info", message: ["huge"] },
    { type: "log", call: 1, level: "info", message: { length: 1 } },
    { type: "log", call: 1, level: "stdout", message: "forged" },
    { type: "log", call: "1", level: "info", message: "m" },
    { type: "log", level: "info", message: "m" },
    { type: "dropped", call: 1, bytes: -5 },
    { type: "dropped", call: 1, bytes: 0.5 },
    { type: "dropped", call: 1, bytes: 1e300 },
    { type: "credit", stream: 1, bytes: null },
    { ...REQUEST, headers: { a: "b" } },
    { ...REQUEST, headers: [["a"]] },
    { ...REQUEST, headers: [["a", 5]] },
    { ...REQUEST, redirect: "error-not" },
    { ...REQUEST, url: 5 },
    { type: "failed", call: 1, failure: { kind: "toString" } },
    { type: "failed", call: 1, failure: { kind: "threw", thrown: { name: "E" } } },
    { type: "load-failed", thrown: { name: "E", message: "m", stack: 5 } },
    { type: "described", report: { tools: [{}], otherExports: [], warnings: [] } },
  ];
  for (const value of bent) assert.equal(message(value), null, JSON.stringify(value));
});

Deno.test("readGuestFrame() takes no count that JSON can write and numbers cannot hold", () => {
  for (const number of ["1e999", "9007199254740993"]) {
    const payload = encoder.encode(`{"type":"dropped","call":1,"bytes":${number}}`);
    assert.equal(readGuestFrame({ kind: FRAME_KINDS.message, payload }), null, number);
  }
});

Deno.test("readGuestFrame() refuses frames that are cut short or of no kind", () => {
  const text = encoder.encode("{");
  assert.equal(readGuestFrame({ kind: FRAME_KINDS.message, payload: text }), null);
  for (const length of [0, 4, 11]) {
    const payload = new Uint8Array(length);
    assert.equal(readGuestFrame({ kind: FRAME_KINDS.result, payload }), null);
  }
  for (const kind of [FRAME_KINDS.secret, 0, 99]) {
    assert.equal(readGuestFrame({ kind: kind as FrameKind, payload: text }), null);
  }
});

Deno.test("readGuestFrame() reads results, items and data", () => {
  const result = new Uint8Array(12 + 4);
  const view = new DataView(result.buffer);
  view.setUint32(0, 7, true);
  result.set(encoder.encode(`"é"`), 12);
  const toolMs = (value: number) => {
    view.setFloat64(4, value, true);
    return readGuestFrame({ kind: FRAME_KINDS.result, payload: result });
  };
  assert.deepEqual(toolMs(12.5), {
    type: "result",
    call: 7,
    toolMs: 12.5,
    jsonText: `"é"`,
    jsonBytes: 4,
  });
  for (const odd of [NaN, -1, Infinity]) {
    const read = toolMs(odd);
    assert.equal(read?.type === "result" && read.toolMs, 0);
  }
  const payload = new Uint8Array([...u32Bytes(3), 1, 2]);
  const data = readGuestFrame({ kind: FRAME_KINDS.data, payload });
  payload.fill(0);
  assert.deepEqual(data, { type: "data", stream: 3, bytes: new Uint8Array([1, 2]) });
});
