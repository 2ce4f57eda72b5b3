import { fileURLToPath } from "node:url";

/** Servers of others, from npm: for tests only. */
export type RealServer = "everything" | "filesystem" | "memory";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The command that starts one over stdio, or with what it takes. */
export function realServer(server: RealServer, ...args: readonly string[]): string[] {
  const script = `${ROOT}node_modules/@modelcontextprotocol/server-${server}/dist/index.js`;
  return [Deno.execPath(), "run", "-A", "--quiet", "--no-lock", script, ...args];
}

/** A server that listens. Disposing ends it. */
export interface ListeningServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

/** Starts the server that has everything, over either HTTP transport. */
export async function listenEverything(kind: "streamableHttp" | "sse"): Promise<ListeningServer> {
  const port = freePort();
  const [program = "", ...args] = realServer("everything", kind);
  const child = new Deno.Command(program, {
    args,
    cwd: ROOT,
    env: { PORT: String(port) },
    ...{ stdin: "null", stdout: "null", stderr: "piped" },
  }).spawn();
  const said = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let log = "";
  while (!/port \d+/.test(log)) {
    const { value, done } = await said.read();
    if (done) throw new Error(`the server ended: ${log}`);
    log += value;
  }
  const rest = (async () => {
    while (!(await said.read()).done);
  })();
  return {
    url: `http://127.0.0.1:${port}/${kind === "sse" ? "sse" : "mcp"}`,
    port,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
      await rest;
    },
  };
}

/** A port that nobody listens on at the moment. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
