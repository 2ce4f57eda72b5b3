import assert from "node:assert/strict";
import { Hono } from "hono";
import type { GatewayEnv } from "./gateway_env.ts";
import { routePattern } from "./route_pattern.ts";

Deno.test("routePattern() is that of the route that answers", async () => {
  const app = new Hono<GatewayEnv>();
  const seen: (string | undefined)[] = [];
  app.use(async (context, next) => {
    seen.push(routePattern(context));
    await next();
  });
  app.use("/things/:id", (_context, next) => next());
  app.get("/things/search", (context) => context.text("search"));
  app.get("/things/:id", (context) => context.text("one"));
  app.post("/things/:id", (context) => context.text("change"));
  assert.equal(await (await app.request("/things/search")).text(), "search");
  assert.equal(await (await app.request("/things/7")).text(), "one");
  await app.request("/things/search", { method: "POST" });
  await app.request("/things/7", { method: "DELETE" });
  await app.request("/nothing");
  assert.deepEqual(seen, ["/things/search", "/things/:id", "/things/:id", undefined, undefined]);
});
