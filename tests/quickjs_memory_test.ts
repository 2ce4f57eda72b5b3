import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { createInstance, type EngineModules } from "../sandboxes/quickjs/guest_engine.ts";
import type { GuestImage } from "../sandboxes/quickjs/guest_image.ts";
import { GuestInstance } from "../sandboxes/quickjs/guest_instance.ts";
import { GuestMemories } from "../sandboxes/quickjs/guest_memories.ts";
import { prepareImage } from "../sandboxes/quickjs/guest_prepare.ts";
import { openQuickjsParts } from "./support/quickjs_parts.ts";
import { temporaryDirectory } from "./support/sample_artifact.ts";

const MARK = "left-by-the-call-before";
const TOOL = `
  let calls = 0;
  export function leave({ word }) {
    globalThis.left = Array.from({ length: 500 }, (_, n) => word + n);
    return [++calls, new Uint8Array(4096).every((byte) => byte === 0)];
  }
  export const grow = () => new Uint8Array(8 * 1024 * 1024).fill(7).length;`;

async function open(directory: string): Promise<{ modules: EngineModules; image: GuestImage }> {
  const { modules, sources } = await openQuickjsParts(directory);
  return { modules, image: await prepareImage(TOOL, { modules, sources, env: {}, log() {} }) };
}

interface Call {
  readonly modules: EngineModules;
  readonly image: GuestImage;
  readonly memory: WebAssembly.Memory;
}

async function call({ modules, image, memory }: Call, toolName: string): Promise<unknown> {
  const settled = Promise.withResolvers<unknown>();
  const instance = await GuestInstance.create({
    ...{ modules, memory, snapshot: image.snapshot, memoryBytes: 64 * 1024 * 1024 },
    deadlineMs: performance.now() + 10_000,
    listener: {
      log() {},
      chunk() {},
      ask() {},
      settle: (outcome, json) =>
        outcome === "result" ? settled.resolve(JSON.parse(json)) : settled.reject(new Error(json)),
    },
  });
  instance.resume(image.deliverToken);
  const paramsText = JSON.stringify({ word: MARK });
  const begin = { toolName, paramsText, env: {}, callId: "1", outputBytes: 1000 };
  instance.deliver("call", JSON.stringify(begin));
  const answer = await settled.promise;
  instance[Symbol.dispose]();
  return answer;
}

const holdsMark = ({ buffer }: WebAssembly.Memory) => Buffer.from(buffer).includes(MARK);

Deno.test("a memory that served a call has nothing of it when the next one begins", async (t) => {
  await using temporary = await temporaryDirectory();
  const { modules, image } = await open(join(temporary.path, "guest"));
  const memories = new GuestMemories(image.snapshot.memory.byteLength);
  const memory = memories.take();
  const restore = () =>
    createInstance(modules, {
      ...{ snapshot: image.snapshot, memory },
      limits: { memoryBytes: 64 * 1024 * 1024, interrupt: () => false, onRejection() {} },
    });

  await t.step("restored, it is the image again, byte by byte", async () => {
    assert.deepEqual(await call({ modules, image, memory }, "leave"), [1, true]);
    // Otherwise there would be nothing to find.
    assert.ok(holdsMark(memory));
    assert.ok(memories.give(memory));
    assert.equal(memories.take(), memory);
    const vm = await restore();
    assert.ok(!holdsMark(memory));
    vm.dispose();
    assert.deepEqual(await call({ modules, image, memory }, "leave"), [1, true]);
  });
  await t.step("one that has grown is not used again, and refused where it is", async () => {
    assert.equal(await call({ modules, image, memory }, "grow"), 8 * 1024 * 1024);
    assert.ok(memory.buffer.byteLength > image.snapshot.memory.byteLength);
    assert.ok(!memories.give(memory));
    await assert.rejects(restore(), RangeError);
  });
});
