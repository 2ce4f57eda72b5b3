import { fileURLToPath } from "node:url";
import { z } from "zod";
import { serverConfigSchema, writeBridgeConfig } from "../../bridge/bridge_config.ts";
import { writeCredentials } from "../../bridge/bridge_credentials.ts";
import { bridgePaths } from "../../bridge/bridge_paths.ts";
import type { BenchGateway } from "./bench_gateway.ts";
import { STDIO_SERVER } from "./stdio_client.ts";

const bridgesSchema = z.object({
  items: z.array(z.object({
    tools: z.array(z.object({ id: z.string(), available: z.boolean() })),
  })),
});

const START_TIMEOUT_MS = 30_000;

/** `airlock bridge start` with the server of `stdio_client.ts`, in a process and a home of its own. */
export class BenchBridge implements AsyncDisposable {
  private constructor(readonly child: Deno.ChildProcess, readonly home: string) {}

  get pid(): number {
    return this.child.pid;
  }

  /** Starts one, and waits for its tool. @throws {Error} where it does not connect. */
  static async start(
    gateway: BenchGateway,
  ): Promise<{ readonly bridge: BenchBridge; readonly toolId: string }> {
    const home = await Deno.makeTempDir({ prefix: "airlock-bench-" });
    const paths = bridgePaths(home);
    const [command, ...args] = STDIO_SERVER;
    const servers = [serverConfigSchema.parse({ id: "bench", command, args })];
    await writeBridgeConfig(paths.config, { name: "bench", servers });
    const { url, key } = gateway.opened;
    await writeCredentials(paths.credentials, { gateway: url, apiKey: key });
    const program = fileURLToPath(new URL("../../main.ts", import.meta.url));
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--frozen", "-A", program, "bridge", "start"],
      env: { HOME: home, DENO_DIR: denoDirectory() },
      ...{ stdin: "null", stdout: "null", stderr: "inherit" },
    }).spawn();
    const bridge = new BenchBridge(child, home);
    try {
      return { bridge, toolId: await toolOf(gateway) };
    } catch (error) {
      await bridge[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.child.kill("SIGINT");
    } catch {
      // It has ended already.
    }
    await this.child.status;
    await Deno.remove(this.home, { recursive: true });
  }
}

async function toolOf(gateway: BenchGateway): Promise<string> {
  const endMs = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < endMs) {
    const { items } = bridgesSchema.parse(await gateway.ask("/api/user/bridge"));
    const tool = items[0]?.tools.find(({ available }) => available);
    if (tool !== undefined) return tool.id;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("start bridge: it has not connected");
}

/** The program's own modules are compiled once, wherever its user's home is. */
function denoDirectory(): string {
  return Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;
}
