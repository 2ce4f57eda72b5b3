import { createMcpHandler, Server } from "@modelcontextprotocol/server";

// A server of one tool that answers at once, as the SDK makes them.

const TOOL = {
  name: "echo",
  description: "Gives back what it is given",
  inputSchema: { type: "object", properties: { a: { type: "number" } } },
} as const;

const handler = createMcpHandler(() => {
  const server = new Server({ name: "echo", version: "1.0.0" }, { capabilities: { tools: {} } });
  server.setRequestHandler("tools/list", () => ({ tools: [TOOL] }));
  server.setRequestHandler("tools/call", ({ params }) => ({
    content: [{ type: "text", text: JSON.stringify(params.arguments) }],
  }));
  return server;
});

Deno.serve(
  { hostname: "127.0.0.1", port: Number(Deno.args[0]), onListen: () => {} },
  (request) => handler.fetch(request),
);
