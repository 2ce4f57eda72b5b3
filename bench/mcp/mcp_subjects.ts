import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "../peers/run_command.ts";
import { AirlockServer } from "../processes/airlock_server.ts";
import { freePort } from "../processes/free_port.ts";
import { ServerProcess } from "../processes/server_process.ts";
import { type LineTransport, McpLine } from "./mcp_line.ts";
import { PROXIES, type Proxy } from "./proxies.ts";

/** Something that answers `tools/call`, and how. */
export interface McpSubject {
  readonly name: string;
  readonly url: string;
  readonly transport: LineTransport;
  readonly tool: string;
  readonly pid: number;
  /** Sessions that are held to measure what one takes. */
  readonly heldSessions: number;
  readonly note?: string;
  /** Whether others made it. */
  readonly isForeign: boolean;
}

/** A proxy that could not be measured, and why. */
export interface MissingSubject {
  readonly name: string;
  readonly reason: string;
}

/** All that is measured, while it runs. */
export interface OpenSubjects {
  readonly subjects: readonly McpSubject[];
  readonly missing: readonly MissingSubject[];
}

const STDIO_SERVER = fileURLToPath(
  new URL("../servers/stdio_server/stdio_server.mjs", import.meta.url),
);
const HTTP_SERVER = fileURLToPath(new URL("../servers/mcp_echo.ts", import.meta.url));

const INSTALL_TIMEOUT_MS = 240_000;
const READY_TIMEOUT_MS = 20_000;

/** Starts a server, Airlock before it, and each proxy before one over stdio. `stack` ends them. */
export async function openSubjects(
  stack: AsyncDisposableStack,
  { progress }: { readonly progress: (line: string) => void },
): Promise<OpenSubjects> {
  const server = stack.use(
    await ServerProcess.start({
      ...{ args: ["run", "--frozen", "-A", HTTP_SERVER], portAsArgument: true },
    }),
  );
  const direct = `${server.url}/mcp`;
  const airlock = await openAirlock(stack, direct);
  const subjects: McpSubject[] = [
    {
      ...{ name: "direct, HTTP", url: direct, transport: "streamable-http", tool: "echo" },
      ...{ pid: server.pid, heldSessions: 1_000, isForeign: false },
    },
    ...airlock,
  ];
  const directory = await Deno.makeTempDir({ prefix: "airlock-bench-" });
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  const missing: MissingSubject[] = [];
  for (const proxy of PROXIES) {
    const name = `${proxy.name} ${proxy.version}, stdio`;
    progress(`proxies: installing ${name}`);
    try {
      subjects.push({ ...await openProxy(stack, proxy, join(directory, proxy.name)), name });
    } catch (error) {
      missing.push({ name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { subjects, missing };
}

async function openAirlock(
  stack: AsyncDisposableStack,
  direct: string,
): Promise<readonly McpSubject[]> {
  const command = ["node", STDIO_SERVER];
  const airlock = stack.use(
    await AirlockServer.start({
      env: {
        AIRLOCK_NET_ALLOW_PRIVATE: "127.0.0.0/8",
        AIRLOCK_MCP_STDIO_COMMANDS: JSON.stringify([command]),
      },
    }),
  );
  const { url, pid } = airlock.server;
  const post = async (path: string, body: object) => {
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    const response = await fetch(`${url}${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`set up Airlock: ${text}`);
    return JSON.parse(text);
  };
  const { id } = await post("/api/collections", { name: "bench" });
  await post(`/api/collections/${id}/servers`, { name: "http", url: direct });
  await post(`/api/collections/${id}/servers`, { name: "stdio", command });
  return (["http", "stdio"] as const).map((kind) => ({
    name: `Airlock, ${kind === "http" ? "HTTP" : kind}`,
    url: `${url}/mcp/me/bench`,
    transport: "streamable-http",
    tool: `${kind}--echo`,
    ...{ pid, heldSessions: 1_000, isForeign: false },
  }));
}

async function openProxy(
  stack: AsyncDisposableStack,
  proxy: Proxy,
  directory: string,
): Promise<Omit<McpSubject, "name">> {
  const { name, version, transport, heldSessions, note } = proxy;
  await Deno.mkdir(directory);
  const manifest = { private: true, dependencies: { [name]: version } };
  await Deno.writeTextFile(join(directory, "package.json"), JSON.stringify(manifest));
  const quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
  await runCommand("npm", {
    args: ["install", ...quiet, "--ignore-scripts"],
    cwd: directory,
    timeoutMs: INSTALL_TIMEOUT_MS,
  });
  const port = freePort();
  const configFile = join(directory, "config.json");
  const plan = { port, configFile, server: ["node", STDIO_SERVER] } as const;
  if (proxy.config !== undefined) await Deno.writeTextFile(configFile, proxy.config(plan));
  const process = stack.use(
    await ServerProcess.start({
      program: "node",
      args: [join(directory, "node_modules", ".bin", name), ...proxy.args(plan)],
      port,
    }),
  );
  const url = `http://127.0.0.1:${port}/mcp`;
  const tool = await firstTool(new URL(url), transport);
  return { url, transport, tool, pid: process.pid, heldSessions, note, isForeign: true };
}

/** Waits until a tool is listed: some listen before they have connected themselves. */
async function firstTool(url: URL, transport: LineTransport): Promise<string> {
  const endMs = performance.now() + READY_TIMEOUT_MS;
  for (;;) {
    try {
      using client = await McpLine.open(url, transport);
      const tool = (await client.toolNames()).find((name) => name.includes("echo"));
      if (tool !== undefined) return tool;
    } catch (error) {
      if (performance.now() > endMs) throw error;
    }
    if (performance.now() > endMs) throw new Error("list tools: it has none in time");
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
