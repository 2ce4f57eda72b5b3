import assert from "node:assert/strict";
import { parseParams } from "./parse_params.ts";

Deno.test("parseParams() reads JSON, and quotes nothing that it refused", () => {
  assert.deepEqual(parseParams('{"a":[1]}'), { a: [1] });
  assert.throws(
    () => parseParams("{my-secret}"),
    (error) => error instanceof Error && !error.message.includes("secret"),
  );
});
