#!/usr/bin/env node
// The least that an MCP server over stdio can be: no library, one tool that answers at once, or after
// as long as it is asked to wait.
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";

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

async function answer({ id, method, params }) {
  const waitMs = params?.arguments?.waitMs;
  if (waitMs !== undefined) await setTimeout(waitMs);
  const result = answers[method]?.(params) ?? {};
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, result })}\n`);
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.id !== undefined) answer(message);
}
