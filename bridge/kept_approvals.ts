import { hash } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "../spec/canonical_json.ts";
import type { BridgeTool } from "./protocol.ts";
import type { ServerConfig } from "./bridge_config.ts";
import { readPrivate, writePrivate } from "./private_file.ts";

/** Tools that may be approved for good; the oldest are asked about again. */
const MAX_KEPT = 5_000;

const keptSchema = z.object({
  approved: z.array(z.object({ server: z.string(), tool: z.string(), digest: z.string() })),
});

type Kept = z.output<typeof keptSchema>["approved"];

/** A tool as its server offers it now. */
export interface ApprovedTool {
  readonly server: ServerConfig;
  readonly tool: Pick<BridgeTool, "name"> & Readonly<Record<string, unknown>>;
}

/**
 * Tools that whoever has the machine approved for good, in a file of theirs alone. A tool that says
 * something else of itself, or comes from a server that is started otherwise, is another one.
 */
export class KeptApprovals {
  readonly #path: string;
  #kept: Kept;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, kept: Kept) {
    this.#path = path;
    this.#kept = kept;
  }

  /** Reads the file; one that cannot be read approves of nothing. */
  static async open(path: string): Promise<KeptApprovals> {
    const parsed = keptSchema.safeParse(parseJson(await readPrivate(path) ?? ""));
    return new KeptApprovals(path, parsed.data?.approved ?? []);
  }

  has(approved: ApprovedTool): boolean {
    const digest = digestOf(approved);
    return this.#kept.some((one) => one.digest === digest);
  }

  /** Keeps a tool, in place of what it was before. */
  async add(approved: ApprovedTool): Promise<void> {
    const [server, tool] = [approved.server.id, approved.tool.name];
    const others = this.#kept.filter((one) => one.server !== server || one.tool !== tool);
    this.#kept = [...others, { server, tool, digest: digestOf(approved) }].slice(-MAX_KEPT);
    const text = `${JSON.stringify({ approved: this.#kept }, null, 2)}\n`;
    this.#writing = this.#writing.then(() => writePrivate(this.#path, text));
    await this.#writing;
  }
}

function digestOf({ server, tool }: ApprovedTool): string {
  const { id, command, args, url, cwd } = server;
  const { name, description, inputSchema, outputSchema, annotations } = tool;
  const of = { id, command, args, url, cwd, name, description, inputSchema, outputSchema };
  return hash("sha256", canonicalJson({ ...of, annotations }), "hex");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not what was written here: everything is asked about again.
    return null;
  }
}
