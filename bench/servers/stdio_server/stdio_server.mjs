#!/usr/bin/env node
// The least that an MCP server over stdio can be: no library, one tool that answers at once.
import { createInterface } from "node:readline";

const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: "airlock-bench-stdio", version: "1.0.0" },
  }),
  "tools/list": () => ({
    tools: [{
      name: "echo",
      description: "Gives back what it is given",
      inputSchema: { type: "object", properties: { a: { type: "number" } } },
    }],
  }),
  "tools/call": ({ arguments: given }) => ({
    content: [{ type: "text", text: JSON.stringify(given) }],
  }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) continue;
  const result = answers[method]?.(params) ?? {};
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, result })}\n`);
}
