import assert from "node:assert/strict";
import { AirlockError } from "../spec/errors.ts";
import { requireRevision } from "./require_revision.ts";

Deno.test("requireRevision() refuses changes to what has changed meanwhile", () => {
  requireRevision(3, 3);
  requireRevision(3, undefined);
  for (const seen of [2, 4]) {
    assert.throws(
      () => requireRevision(3, seen),
      (error: unknown) => error instanceof AirlockError && error.code === "precondition_failed",
    );
  }
});
