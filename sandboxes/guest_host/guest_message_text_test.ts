import assert from "node:assert/strict";
import type { GuestMessage } from "../protocol/messages.ts";
import { messageText } from "./guest_message_text.ts";

const MESSAGES: readonly GuestMessage[] = [
  { type: "ready" },
  { type: "log", call: null, level: "error", message: "a \u2028 line \u0000 \ud800" },
  { type: "failed", call: 2, failure: { kind: "threw", thrown: { name: "E", message: "m" } } },
  { type: "failed", call: 2, failure: { kind: "not-found", available: ["a", "b"] } },
  {
    type: "request",
    call: 1,
    stream: 3,
    method: "GET",
    url: "https://example.com/",
    headers: [["a", "b"]],
    hasBody: false,
    redirect: "follow",
  },
];

/** Plants a `toJSON` while `use` runs. */
function withPlanted<T>(prototype: object, descriptor: PropertyDescriptor, use: () => T): T {
  Object.defineProperty(prototype, "toJSON", { ...descriptor, configurable: true });
  try {
    return use();
  } finally {
    Reflect.deleteProperty(prototype, "toJSON");
  }
}

Deno.test("messageText() says the same with and without a planted toJSON", () => {
  const plain = MESSAGES.map((message) => JSON.stringify(message));
  assert.deepEqual(MESSAGES.map(messageText), plain);
  for (const prototype of [Object.prototype, Array.prototype]) {
    const forge = () => ({ type: "spoiled", reason: "forged" });
    let asked = 0;
    const sly = () => asked++ === 0 ? undefined : forge;
    for (const descriptor of [{ value: forge }, { get: sly }]) {
      const texts = withPlanted(prototype, descriptor, () => MESSAGES.map(messageText));
      assert.deepEqual(texts, plain);
    }
  }
});

Deno.test("messageText() says the same when arrays inherit from something else", () => {
  const plain = MESSAGES.map((message) => JSON.stringify(message));
  const before = Object.getPrototypeOf(Array.prototype);
  Object.setPrototypeOf(Array.prototype, { toJSON: () => "forged" });
  let texts: string[];
  try {
    texts = MESSAGES.map(messageText);
  } finally {
    Object.setPrototypeOf(Array.prototype, before);
  }
  assert.deepEqual(texts, plain);
});
