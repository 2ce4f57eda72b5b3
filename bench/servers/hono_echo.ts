import { Hono } from "hono";

/** Bare Hono: reads JSON, answers JSON. The least that any gateway costs. */
const app = new Hono().post("/execute-tool", async (context) => {
  const { params } = await context.req.json();
  return context.json({ success: true, output: params });
});

Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.args[0]), onListen: () => {} }, app.fetch);
