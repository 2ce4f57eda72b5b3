import assert from "node:assert/strict";
import { ChunkJoiner } from "./chunk_joiner.ts";
import { bridgeReader, gatewayReader } from "./message_reader.ts";
import { CLOSE_CODES, PROTOCOL_LIMITS, PROTOCOL_VERSION } from "./protocol_limits.ts";
import { ProtocolViolation } from "./protocol_violation.ts";
import { splitMessage } from "./split_message.ts";

const ID = "00000000-0000-4000-8000-000000000000";

function tool(name: string, more: object = {}) {
  return { name, description: "", inputSchema: { type: "object" }, outputSchema: null, ...more };
}

function register(tools: readonly object[], more: object = {}) {
  return {
    ...{ type: "register", protocol: PROTOCOL_VERSION, name: "laptop", clientVersion: "1" },
    ...{ os: "linux", servers: [{ id: "files", name: "Files", tools }], ...more },
  };
}

function refused(data: unknown, closeCode: number = CLOSE_CODES.violation) {
  assert.throws(() => bridgeReader().read(data), (error) => {
    assert.ok(error instanceof ProtocolViolation, String(error));
    assert.equal(error.closeCode, closeCode);
    // It goes into a close frame.
    assert.match(error.message, /^[\x20-\x7e]{1,120}$/);
    return true;
  });
}

Deno.test("MessageReader puts together what splitMessage() took apart", () => {
  const text = `💥é"\\${"x".repeat(50)}`.repeat(20_000);
  const message = { type: "tool_result", callId: ID, result: { content: [], text } };
  const frames = splitMessage(JSON.stringify(message));
  assert.ok(frames.length > 5);
  for (const frame of frames) assert.ok(frame.length <= PROTOCOL_LIMITS.maxFrameCharacters);
  const reader = bridgeReader();
  const read = frames.map((frame) => reader.read(frame));
  assert.deepEqual(read.at(-1), message);
  assert.ok(read.slice(0, -1).every((one) => one === undefined));
  assert.equal(splitMessage("short").length, 1);
});

Deno.test("MessageReader takes nothing that is not of the protocol", () => {
  for (const data of ["", "x", "null", "[]", "{}", '{"type":"x"}', new Uint8Array(3), undefined]) {
    refused(data);
  }
  refused("x".repeat(PROTOCOL_LIMITS.maxFrameCharacters + 1), CLOSE_CODES.tooLarge);
  refused(`{"type":"tool_result","callId":"${ID}","result":${"[".repeat(100_000)}`);
  const deep = `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`;
  refused(`{"type":"tool_result","callId":"${ID}","result":${deep}}`);
  refused(JSON.stringify({ type: "tool_result", callId: "1", result: {} }));
  // Only a gateway says this.
  refused(JSON.stringify({ type: "received", callId: ID }));
  assert.throws(() => gatewayReader().read(JSON.stringify(register([]))), ProtocolViolation);
});

Deno.test("MessageReader takes no list of tools that could not be kept", () => {
  const read = (message: object) => bridgeReader().read(JSON.stringify(message));
  assert.equal(read(register([tool("read")]))?.type, "register");
  const many = Array.from({ length: 3_000 }, (_, at) => tool(`t${at}`));
  for (
    const message of [
      register(many.slice(0, PROTOCOL_LIMITS.maxTools + 1)),
      register([tool("read"), tool("read")]),
      register([tool("")]),
      register([tool("a\0")]),
      register([tool("read", { description: "\ud800" })]),
      register([tool("read", { inputSchema: { title: "\0" } })]),
      register([tool("read", { inputSchema: { title: "\udc00" } })]),
      register([tool("read", { inputSchema: [] })]),
      register([tool("read", { inputSchema: { x: "x".repeat(200_000) } })]),
      register([], { name: "Not a name" }),
      register([], { servers: [{ id: "../x", name: "", tools: [] }] }),
      { type: "tools", servers: Array(2).fill({ id: "a", name: "a", tools: [] }) },
    ]
  ) refused(JSON.stringify(message).slice(0, PROTOCOL_LIMITS.maxFrameCharacters));
  // Text that only looks like an escape is text.
  const escaped = tool("read", { inputSchema: { pattern: "\\u0000" } });
  assert.equal(read(register([escaped]))?.type, "register");
});

Deno.test("ChunkJoiner holds no more than it should", () => {
  const bounds = { maxMessageCharacters: 100, maxAssemblies: 2, chunkCharacters: 10 };
  const part = (id: string, index: number, more = {}) => ({
    id,
    index,
    count: 3,
    data: "x",
    ...more,
  });
  const joiner = new ChunkJoiner(bounds);
  joiner.accept(part("a", 0));
  joiner.accept(part("b", 0));
  assert.throws(() => joiner.accept(part("c", 0)), ProtocolViolation);
  assert.throws(() => joiner.accept(part("a", 2)), ProtocolViolation);
  assert.throws(() => joiner.accept(part("a", 1, { count: 4 })), ProtocolViolation);
  assert.throws(() => joiner.accept(part("d", 1)), ProtocolViolation);
  assert.throws(() => joiner.accept(part("a", 1, { data: "x".repeat(99) })), ProtocolViolation);
  const other = new ChunkJoiner(bounds);
  assert.throws(() => other.accept(part("a", 0, { count: 1_000_000 })), ProtocolViolation);
  assert.equal(other.accept(part("a", 0)), undefined);
  assert.equal(other.accept(part("a", 1)), undefined);
  assert.equal(other.accept(part("a", 2)), "xxx");
  assert.equal(other.heldCharacters, 0);
});
