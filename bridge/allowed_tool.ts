import type { ServerConfig } from "./bridge_config.ts";

/** What a server's configuration says of its tools. */
export type ToolRules = Pick<ServerConfig, "allow" | "deny">;

/** Whether a tool may be called: the machine's own word, which is the last. What is denied is denied. */
export function isAllowedTool(tool: string, { allow, deny }: ToolRules): boolean {
  if (deny.some((pattern) => matches(pattern, tool))) return false;
  return allow === undefined || allow.some((pattern) => matches(pattern, tool));
}

/** Part by part rather than by a regular expression, which could be made slow. */
function matches(pattern: string, tool: string): boolean {
  const parts = pattern.split("*");
  const [first = "", last = ""] = [parts[0], parts.at(-1)];
  if (parts.length === 1) return pattern === tool;
  if (!tool.startsWith(first) || !tool.endsWith(last)) return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const at = tool.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return from <= tool.length - last.length;
}
