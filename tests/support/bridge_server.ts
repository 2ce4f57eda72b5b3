// A server of MCP over stdio for tests of the bridge: each tool does one thing that can go wrong.
import { completable, McpServer } from "@modelcontextprotocol/server";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

const server = new McpServer({ name: "bridge-test", version: "1.0.0" });
const text = (value: string) => ({ content: [{ type: "text" as const, text: value }] });

server.registerTool("echo", {
  description: "Says it again",
  inputSchema: z.object({ text: z.string() }),
  annotations: { readOnlyHint: true },
}, (args) => text(args.text));

server.registerTool("run", {
  description: "Notes that it ran in a file, waits, and says it again",
  inputSchema: z.object({ id: z.string(), file: z.string(), waitMs: z.number() }),
}, async ({ id, file, waitMs }) => {
  await Deno.writeTextFile(file, `${id}\n`, { append: true });
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  return text(id);
});

server.registerTool("big", {
  description: "As many characters as are asked for",
  inputSchema: z.object({ characters: z.number() }),
}, ({ characters }) => text("é".repeat(characters)));

server.registerTool("fail", {
  description: "Fails",
  inputSchema: z.object({}),
}, () => ({ ...text("it does not work"), isError: true }));

server.registerTool("environment", {
  description: "Names of its variables",
  inputSchema: z.object({}),
}, () => text(Object.keys(Deno.env.toObject()).toSorted().join(" ")));

server.registerTool("child", {
  description: "Starts a process that ignores whatever asks it to end",
  inputSchema: z.object({ marker: z.string() }),
}, ({ marker }) => {
  const child = new Deno.Command("sh", {
    args: ["-c", `trap '' TERM INT HUP; while :; do sleep 1; done # ${marker}`],
    ...{ stdin: "null", stdout: "null", stderr: "null" },
  }).spawn();
  return text(String(child.pid));
});

server.registerTool("grow", {
  description: "Adds a tool to the list",
  inputSchema: z.object({ name: z.string() }),
}, ({ name }) => {
  server.registerTool(name, { description: "New", inputSchema: z.object({}) }, () => text(name));
  return text(name);
});

server.registerTool("progress", {
  description: "Says how far it is",
  inputSchema: z.object({ steps: z.number() }),
}, async ({ steps }, context) => {
  const token = context.mcpReq._meta?.progressToken;
  for (let step = 1; step <= steps && token !== undefined; step++) {
    await context.mcpReq.notify({
      method: "notifications/progress",
      params: { progressToken: token, progress: step, message: `step ${step}` },
    });
  }
  return text("done");
});

server.registerResource(
  "notes",
  "notes://today",
  { mimeType: "text/plain", description: "What is to be done" },
  ({ href: uri }) => ({ contents: [{ uri, mimeType: "text/plain", text: "buy milk" }] }),
);

server.registerResource("picture", "notes://picture", { mimeType: "image/png" }, (uri) => ({
  contents: [{ uri: uri.href, mimeType: "image/png", blob: "AAAA" }],
}));

server.registerPrompt("greet", {
  description: "Greets somebody",
  argsSchema: z.object({
    who: completable(z.string(), (value) => ["ada", "alan"].filter((x) => x.startsWith(value))),
  }),
}, ({ who }) => ({
  messages: [
    { role: "user", content: { type: "text", text: `hello ${who}` } },
    {
      role: "user",
      content: { type: "resource", resource: { uri: "notes://today", text: "buy milk" } },
    },
  ],
}));

await server.connect(new StdioServerTransport());
