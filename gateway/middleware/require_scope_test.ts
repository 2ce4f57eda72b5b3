import assert from "node:assert/strict";
import { Hono } from "hono";
import { keyCaller } from "../../tests/support/callers.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { GatewayEnv } from "../gateway_env.ts";
import { requireScope } from "./require_scope.ts";

/** A route of the table that asks for `usage:read`, for a key that only runs tools. */
async function readUsage({ checked }: { readonly checked: boolean }): Promise<string> {
  const app = new Hono<GatewayEnv>();
  const caller = keyCaller({ scopes: new Set(["tools:execute"]) });
  app.use(async (context, next) => {
    context.set("caller", caller);
    await next();
  });
  if (checked) app.use(requireScope());
  app.get("/api/usage", (context) => context.text("everything"));
  app.onError((error, context) =>
    context.text(error instanceof AirlockError ? error.message : "internal", 403)
  );
  return await (await app.request("/api/usage")).text();
}

Deno.test("requireScope() is what keeps a key to its scopes", async () => {
  assert.match(await readUsage({ checked: true }), /scope usage:read is missing/);
  assert.equal(await readUsage({ checked: false }), "everything");
});
