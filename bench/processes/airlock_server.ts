import { fileURLToPath } from "node:url";
import type { ExecutionResult } from "../../spec/execution.ts";
import { ServerProcess } from "./server_process.ts";

/** How an {@linkcode AirlockServer} differs from one with defaults. */
export interface AirlockOptions {
  readonly blankSandboxes?: number;
  /** Registry instead of npm's configuration. */
  readonly registry?: string;
  /** Settings beside those. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A gateway as `airlock serve` starts it, with a data directory of its own. */
export class AirlockServer implements AsyncDisposable {
  private constructor(
    readonly server: ServerProcess,
    readonly dataDirectory: string,
  ) {}

  get url(): string {
    return `${this.server.url}/execute-tool`;
  }

  /** Starts one with an empty data directory. */
  static async start(options: AirlockOptions = {}): Promise<AirlockServer> {
    const dataDirectory = await Deno.makeTempDir({ prefix: "airlock-bench-" });
    const server = await ServerProcess.start({
      args: ["run", "--frozen", "-A", fileURLToPath(new URL("../../main.ts", import.meta.url))]
        .concat("serve"),
      // Empty counts as unset: what is set outside must not change what is measured.
      env: (port) => ({
        AIRLOCK_HOST: "127.0.0.1",
        AIRLOCK_PORT: String(port),
        AIRLOCK_API_KEY: "",
        AIRLOCK_DATA_DIR: dataDirectory,
        AIRLOCK_DEFAULT_SOURCE: "npm",
        AIRLOCK_BLANK_SANDBOXES: options.blankSandboxes?.toString() ?? "",
        AIRLOCK_MAX_SANDBOXES: "",
        AIRLOCK_SANDBOX_MAX_USES: "",
        AIRLOCK_NPM_REGISTRY: options.registry ?? "",
        AIRLOCK_LOG_LEVEL: "",
        ...options.env,
      }),
    });
    return new AirlockServer(server, dataDirectory);
  }

  /** Sends one call. @throws {Error} when it does not succeed. */
  async call(body: string): Promise<ExecutionResult> {
    const response = await fetch(this.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    const result: ExecutionResult = await response.json();
    if (!result.success) throw new Error(`call tool: ${result.error}`);
    return result;
  }

  /** Waits until `wanted` blank sandboxes are ready. */
  async untilBlank(wanted: number): Promise<void> {
    for (let attempt = 0; attempt < 1_000; attempt++) {
      const health = await (await fetch(`${this.server.url}/health`)).json();
      if (health.pool.blank >= wanted && health.pool.starting === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error("wait for blanks: none became ready");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await new Deno.Command("chmod", { args: ["-R", "u+w", this.dataDirectory] }).output();
    await Deno.remove(this.dataDirectory, { recursive: true });
  }
}
