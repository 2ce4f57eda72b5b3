import { createHash } from "node:crypto";
import type { McpSourceTool } from "../../spec/mcp_source.ts";

/** Longest name that clients take. */
export const MAX_NAME_CHARACTERS = 64;

/** Most of a name that its source takes up. */
const MAX_SOURCE_CHARACTERS = 30;

const BETWEEN = "--";

/** What a name is made of. */
export type NamedTool = Pick<McpSourceTool, "key" | "kind" | "sourceName" | "toolName">;

/**
 * The name that a tool would have if it were alone: `@tpmjs/hello` and `helloWorldTool` make
 * `tpmjs-hello--helloWorldTool`. Several tools may want the same. `undefined` where nothing readable
 * would be left, or not all of it fits.
 */
export function wantedName(tool: NamedTool): string | undefined {
  const [source, name] = [readable(sourceOf(tool)), readable(tool.toolName)];
  if (source === "" || name === "") return undefined;
  const wanted = `${source}${BETWEEN}${name}`;
  return wanted.length <= MAX_NAME_CHARACTERS ? wanted : undefined;
}

/**
 * A name with `digits` hexadecimal digits that are the tool's own, for where the wanted one is
 * another's: cut, so that all of it fits.
 */
export function distinctName(tool: NamedTool, digits: number): string {
  const identity = JSON.stringify([tool.kind, tool.sourceName, tool.toolName, tool.key]);
  const suffix = createHash("sha256").update(identity).digest("hex").slice(0, digits);
  const source = readable(sourceOf(tool)).slice(0, MAX_SOURCE_CHARACTERS) || tool.kind;
  const room = MAX_NAME_CHARACTERS - source.length - BETWEEN.length - suffix.length - 1;
  const name = readable(tool.toolName).slice(0, Math.max(room, 1)) || "tool";
  return `${source}${BETWEEN}${name}-${suffix}`.slice(-MAX_NAME_CHARACTERS);
}

/** Names of packages that somebody brought are random ones: no words for people. */
function sourceOf({ kind, sourceName }: NamedTool): string {
  return kind === "inline" || kind === "wasm" ? kind : sourceName;
}

/** Letters, digits, `_` and single `-`, none of these at an end. */
function readable(text: string): string {
  return text.normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^A-Za-z0-9_]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
}
