import { fileURLToPath } from "node:url";

const SERVER = fileURLToPath(new URL("../servers/stdio_server", import.meta.url));

/** Ways to start the MCP server of `servers/stdio_server`. */
const STARTS = {
  npx: ["npx", "--yes", "--offline", SERVER],
  node: ["node", `${SERVER}/stdio_server.mjs`],
} as const;

/** Milliseconds from starting an MCP server over stdio to its first tool's result. */
export async function stdioFirstCallMs(start: keyof typeof STARTS): Promise<number> {
  const startedMs = performance.now();
  const [program, ...args] = STARTS[start];
  const child = new Deno.Command(program, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let unread = "";
  const answer = async () => {
    while (!unread.includes("\n")) {
      const { value, done } = await lines.read();
      if (done) throw new Error(`start ${start}: it ended without an answer`);
      unread += value;
    }
    unread = unread.slice(unread.indexOf("\n") + 1);
  };
  const send = (message: object) =>
    writer.write(new TextEncoder().encode(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`));
  const clientInfo = { name: "bench", version: "1" };
  const protocolVersion = "2025-06-18";
  await send({
    id: 1,
    method: "initialize",
    params: { protocolVersion, capabilities: {}, clientInfo },
  });
  await answer();
  await send({ method: "notifications/initialized" });
  await send({ id: 2, method: "tools/call", params: { name: "echo", arguments: { a: 1 } } });
  await answer();
  const tookMs = performance.now() - startedMs;
  await writer.close();
  await lines.cancel();
  await child.status;
  return tookMs;
}
