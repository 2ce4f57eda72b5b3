import assert from "node:assert/strict";
import { AirlockError } from "../spec/errors.ts";
import { anonymousCaller, keyCaller } from "../tests/support/callers.ts";
import type { Action, Resource } from "./resource.ts";
import { notFound, requirePermission } from "./require_permission.ts";

function refusal(caller: Parameters<typeof requirePermission>[0], action: Action, of: Resource) {
  try {
    requirePermission(caller, action, of);
  } catch (error) {
    assert.ok(error instanceof AirlockError);
    return { code: error.code, message: error.message, details: error.details };
  }
  return undefined;
}

const MINE: Resource = { kind: "collection", tenant: "ten_a", visibility: "private" };

Deno.test("requirePermission() answers for what is hidden as for what is not there", () => {
  const hidden = refusal(keyCaller(), "read", { ...MINE, tenant: "ten_b" });
  const { code, message, details } = notFound("collection");
  assert.deepEqual(hidden, { code, message, details });
  assert.equal(code, "not_found");
  assert.equal(notFound("tool").code, "tool_not_found");
});

Deno.test("requirePermission() names the scope to whom it is worth naming", () => {
  const known = refusal(keyCaller({ scopes: new Set() }), "read", MINE);
  assert.equal(known?.code, "permission_denied");
  assert.deepEqual(known?.details, { scope: "collections:read" });
  const shared: Resource = { ...MINE, visibility: "public" };
  const unknown = refusal(anonymousCaller(), "execute", shared);
  assert.equal(unknown?.code, "unauthenticated");
  assert.equal(refusal(keyCaller(), "read", MINE), undefined);
});
