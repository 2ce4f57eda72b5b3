import { fileURLToPath } from "node:url";
import { z } from "zod";

const openedSchema = z.object({
  url: z.string(),
  key: z.string(),
  tenant: z.string(),
  /** Of other accounts, for bridges. */
  otherKeys: z.array(z.string()),
  /** Which database it has. */
  kind: z.string(),
});

/** A gateway of `servers/bridge_gateway.ts` in a process of its own. Disposing ends it. */
export class BenchGateway implements AsyncDisposable {
  private constructor(
    readonly opened: z.output<typeof openedSchema>,
    readonly child: Deno.ChildProcess,
    readonly output: ReadableStreamDefaultReader<string>,
  ) {}

  get pid(): number {
    return this.child.pid;
  }

  /** Starts one with so many other accounts. @throws {Error} where it does not start. */
  static async start({ others }: { readonly others: number }): Promise<BenchGateway> {
    const program = fileURLToPath(new URL("../servers/bridge_gateway.ts", import.meta.url));
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--frozen", "-A", program, String(others)],
      ...{ stdin: "piped", stdout: "piped", stderr: "inherit" },
    }).spawn();
    const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("\n")) {
      const { value, done } = await output.read();
      if (done) throw new Error("start gateway: it ended without a word");
      text += value;
    }
    return new BenchGateway(openedSchema.parse(JSON.parse(text)), child, output);
  }

  /** Asks it with the key of the account that calls. @throws {Error} where it refuses. */
  async ask(path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.opened.url}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        authorization: `Bearer ${this.opened.key}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`ask ${path}: ${await response.text()}`);
    return await response.json();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.child.stdin.close();
    await this.child.status;
    await this.output.cancel();
  }
}
