import assert from "node:assert/strict";
import { Hono } from "hono";
import type { GatewayEnv } from "../gateway_env.ts";
import { refuseNul } from "./refuse_nul.ts";

Deno.test("refuseNul() refuses NUL in paths and queries, and nothing else", async () => {
  const app = new Hono<GatewayEnv>();
  app.use(refuseNul());
  app.onError((_error, context) => context.text("refused", 400));
  app.all("*", (context) => context.text("passed"));
  const ask = async (path: string) => (await app.request(`http://127.0.0.1${path}`)).status;
  for (const path of ["/a%00b", "/a?b=%00", "/a?%00=b"]) assert.equal(await ask(path), 400, path);
  for (const path of ["/a", "/a%2500", "/a?b=100%25"]) assert.equal(await ask(path), 200, path);
});
