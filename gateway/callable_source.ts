import { AirlockError } from "../spec/errors.ts";
import type { SourceKind, SourceWish } from "../spec/tool.ts";

/**
 * A source whose tools run in sandboxes.
 * @throws {AirlockError} `no_runtime` for tools that run elsewhere.
 */
export function callableSource(source: SourceKind): SourceWish {
  if (source !== "mcp" && source !== "bridge" && source !== "http") return source;
  throw new AirlockError("no_runtime", `run tool: nothing here runs tools from ${source}`, {
    stage: "select",
    suggestion: "Call it where it comes from",
  });
}
