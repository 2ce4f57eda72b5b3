import assert from "node:assert/strict";
import { Hono } from "hono";
import { rememberingRouter } from "./remembering_router.ts";

Deno.test("rememberingRouter() finds the same again, by method, and parameters each time", async () => {
  const app = new Hono({ router: rememberingRouter() });
  app.use("/tools/*", async (context, next) => {
    await next();
    context.header("seen", context.req.path);
  });
  app.get("/tools/search", (context) => context.text("search"));
  app.post("/tools/search", (context) => context.text("posted"));
  app.get("/tools/:id", (context) => context.text(`tool ${context.req.param("id")}`));
  app.get("/tools/:id/versions", (context) => context.text(`of ${context.req.param("id")}`));
  const ask = async (path: string, method = "GET") => {
    const response = await app.request(path, { method });
    return [response.status, await response.text(), response.headers.get("seen")];
  };
  for (let time = 0; time < 3; time++) {
    assert.deepEqual(await ask("/tools/search"), [200, "search", "/tools/search"]);
    assert.deepEqual(await ask("/tools/search", "POST"), [200, "posted", "/tools/search"]);
    assert.equal((await ask("/tools/search", "PUT"))[0], 404);
    assert.deepEqual(await ask("/tools/a"), [200, "tool a", "/tools/a"]);
    assert.deepEqual(await ask("/tools/b"), [200, "tool b", "/tools/b"]);
    assert.deepEqual(await ask("/tools/b/versions"), [200, "of b", "/tools/b/versions"]);
    const long = "x".repeat(300);
    assert.equal((await ask(`/tools/${long}`))[1], `tool ${long}`);
    // More than are remembered.
    for (let id = 0; id < 600; id++) assert.equal((await ask(`/tools/${id}`))[1], `tool ${id}`);
  }
});
