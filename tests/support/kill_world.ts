import { join } from "node:path";
import { FakeNpmRegistry } from "./fake_npm_registry.ts";
import { ServedGateway } from "./served_gateway.ts";

/** A data directory that outlives its gateways, and a registry they share. Disposing leaves nothing. */
export class KillWorld implements AsyncDisposable {
  private constructor(
    readonly directory: string,
    readonly registry: FakeNpmRegistry,
  ) {}

  static async open(): Promise<KillWorld> {
    const directory = await Deno.realPath(await Deno.makeTempDir({ prefix: "airlock-kill-" }));
    return new KillWorld(directory, FakeNpmRegistry.start());
  }

  get dataDirectory(): string {
    return join(this.directory, "data");
  }

  /** Starts a gateway on the data directory; several may run at once. */
  serve(env: Readonly<Record<string, string>> = {}): Promise<ServedGateway> {
    return ServedGateway.start({
      dataDirectory: this.dataDirectory,
      env: { AIRLOCK_NPM_REGISTRY: this.registry.url, ...env },
    });
  }

  /** Publishes one ES module as version 1.0.0. */
  async publish(name: string, source: string): Promise<void> {
    await this.registry.publish({
      name,
      version: "1.0.0",
      packageJson: { type: "module", exports: "./index.js" },
      files: { "index.js": source },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.registry[Symbol.asyncDispose]();
    await Deno.remove(this.directory, { recursive: true });
  }
}

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until `condition` holds, at most `withinMs`. @returns Whether it does. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  withinMs: number,
): Promise<boolean> {
  const end = performance.now() + withinMs;
  while (performance.now() < end) {
    if (await condition()) return true;
    await pause(25);
  }
  return await condition();
}
