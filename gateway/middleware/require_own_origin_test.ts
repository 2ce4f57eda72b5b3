import assert from "node:assert/strict";
import { Hono } from "hono";
import type { GatewayEnv } from "../gateway_env.ts";
import { requireOwnOrigin } from "./require_own_origin.ts";

Deno.test("requireOwnOrigin() lets in programs and the pages that are named", async () => {
  const app = new Hono<GatewayEnv>();
  const corsOrigins = ["https://app.example"];
  app.use(requireOwnOrigin({ corsOrigins, publicUrl: "https://airlock.example/" }));
  app.get("/", (context) => context.text("in"));
  app.onError((_error, context) => context.text("out", 403));
  const ask = async (origin?: string, host = "127.0.0.1:8787") => {
    const headers = { host, ...(origin !== undefined && { origin }) };
    return await (await app.request(`http://${host}/`, { headers })).text();
  };
  for (
    const origin of [
      undefined,
      "https://app.example",
      "https://airlock.example",
      "http://127.0.0.1:8787",
    ]
  ) {
    assert.equal(await ask(origin), "in", origin);
  }
  for (const origin of ["https://evil.example", "null", "http://127.0.0.1:9999"]) {
    assert.equal(await ask(origin), "out", origin);
  }
  // A page that has rebound its name to this address.
  assert.equal(await ask("http://evil.example", "evil.example"), "out");
});
