import { freePort } from "./free_port.ts";

/** How a {@linkcode ServerProcess} is started. */
export interface ServerCommand {
  /** `deno` where absent. */
  readonly program?: string;
  /** Where it listens, if its arguments say so already; a free port where absent. */
  readonly port?: number;
  /** Arguments of the program; the port to listen on comes last where `portAsArgument`. */
  readonly args: readonly string[];
  readonly env?: (port: number) => Record<string, string>;
  readonly portAsArgument?: boolean;
}

/** Longest time a server may take to listen. */
const START_TIMEOUT_MS = 30_000;

/** A server on loopback in a process of its own. Disposing ends it and waits for that. */
export class ServerProcess implements AsyncDisposable {
  readonly url: string;
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess, port: number) {
    this.#child = child;
    this.url = `http://127.0.0.1:${port}`;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** @throws {Error} when nothing listens in time. */
  static async start(command: ServerCommand): Promise<ServerProcess> {
    const port = command.port ?? freePort();
    const args = command.portAsArgument ? [...command.args, String(port)] : [...command.args];
    const child = new Deno.Command(command.program ?? Deno.execPath(), {
      args,
      env: command.env?.(port),
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const server = new ServerProcess(child, port);
    const ended = { is: false };
    child.status.then(() => ended.is = true);
    const deadlineMs = performance.now() + START_TIMEOUT_MS;
    while (!await listens(port)) {
      if (!ended.is && performance.now() < deadlineMs) continue;
      await server[Symbol.asyncDispose]();
      throw new Error(`start server: nothing listens after deno ${args.join(" ")}`);
    }
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGTERM");
    } catch {
      // It has ended already.
    }
    await this.#child.status;
  }
}

async function listens(port: number): Promise<boolean> {
  try {
    using _connection = await Deno.connect({ hostname: "127.0.0.1", port });
    return true;
  } catch {
    // Not yet: asked again a little later.
    await new Promise((resolve) => setTimeout(resolve, 10));
    return false;
  }
}
