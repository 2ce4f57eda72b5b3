import { htmlToMarkdownTool } from "@tpmjs/tools-html-to-markdown";
import { Hono } from "hono";

/** The measured tool behind bare Hono, in the server's own process: no sandbox, no limits. */
const app = new Hono().post("/execute-tool", async (context) => {
  const { params } = await context.req.json();
  const output = await htmlToMarkdownTool.execute?.(params, { toolCallId: "bench", messages: [] });
  return context.json({ success: true, output });
});

Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.args[0]), onListen: () => {} }, app.fetch);
