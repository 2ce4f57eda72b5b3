import assert from "node:assert/strict";
import type { JsonValue } from "../../spec/json.ts";
import { TestWorld } from "./test_world.ts";

/** One call of a published package, at a version whose answer is known. */
export interface RealCall {
  readonly packageName: string;
  readonly version: string;
  readonly name: string;
  readonly params: JsonValue;
  readonly output: JsonValue;
}

/** Calls each tool twice, and asserts its answer and that the second call finds it preloaded. */
export async function assertAnswers(calls: readonly RealCall[]): Promise<void> {
  await using world = await TestWorld.open({ realRegistry: true });
  for (const { output, ...request } of calls) {
    const what = `${request.packageName} ${request.name}`;
    const result = await world.call(request);
    assert.equal(result.success, true, `${what}: ${JSON.stringify(result)}`);
    assert.deepEqual(result.success && result.output, output, what);
    assert.equal(result.meta.version, request.version, what);
    const again = await world.call(request);
    assert.deepEqual(again.success && again.output, output, `${what}, once more`);
    assert.equal(again.meta.start, "preloaded", `${what}, once more`);
  }
  assert.deepEqual(world.unexpected, []);
}
