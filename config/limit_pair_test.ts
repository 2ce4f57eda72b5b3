import assert from "node:assert/strict";
import { limitPair } from "./limit_pair.ts";

Deno.test("limitPair() says a limit's default and ceiling as text, in the unit", () => {
  assert.deepEqual(limitPair("timeoutMs", 1), ["30000", "300000"]);
  assert.deepEqual(limitPair("memoryBytes", 1024 ** 2), ["128", "1024"]);
});
