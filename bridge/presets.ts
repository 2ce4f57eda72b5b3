import { AirlockError } from "../spec/errors.ts";
import { nearestName } from "../spec/nearest_name.ts";
import type { ServerConfig } from "./bridge_config.ts";

/** A server that many people want. */
export interface Preset {
  readonly command: string;
  readonly args: readonly string[];
  /** Variables that it cannot do without. */
  readonly env?: readonly string[];
  /** What has to be given after the name; nothing where absent. */
  readonly needs?: string;
}

/** Every preset by its name. Arguments that are given come after these. */
export const PRESETS: Readonly<Record<string, Preset>> = {
  "chrome-devtools": { command: "npx", args: ["-y", "chrome-devtools-mcp@latest"] },
  playwright: { command: "npx", args: ["-y", "@playwright/mcp@latest"] },
  filesystem: {
    command: "npx",
    args: ["-y", "@modelcontextprotocol/server-filesystem"],
    needs: "the directories that it may use",
  },
  git: { command: "uvx", args: ["mcp-server-git"] },
  slack: {
    command: "npx",
    args: ["-y", "@modelcontextprotocol/server-slack"],
    env: ["SLACK_BOT_TOKEN", "SLACK_TEAM_ID"],
  },
  postgres: {
    command: "npx",
    args: ["-y", "@modelcontextprotocol/server-postgres"],
    needs: "the URL of the database",
  },
  blender: { command: "uvx", args: ["blender-mcp"] },
  memory: { command: "npx", args: ["-y", "@modelcontextprotocol/server-memory"] },
};

/**
 * The server that a preset stands for.
 * @throws {AirlockError} `invalid_input` for a name that is none, and where something is missing.
 */
export function presetServer(
  preset: string,
  more: { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> },
): Pick<ServerConfig, "command" | "args" | "env"> {
  const found = Object.hasOwn(PRESETS, preset) ? PRESETS[preset] : undefined;
  if (found === undefined) throw unknownPreset(preset);
  const { command, args, env = [], needs } = found;
  if (needs !== undefined && more.args.length === 0) throw missing(preset, needs);
  const lacking = env.filter((name) => !Object.hasOwn(more.env, name));
  if (lacking.length > 0) throw missing(preset, `--env ${lacking.join("=… --env ")}=…`);
  return { command, args: [...args, ...more.args], env: { ...more.env } };
}

function unknownPreset(preset: string): AirlockError {
  const names = Object.keys(PRESETS);
  const near = nearestName(preset, names);
  return new AirlockError("invalid_input", "add server: there is no preset of that name", {
    stage: "request",
    suggestion: near === undefined
      ? `Choose one of ${names.join(", ")}, or give a --command.`
      : `Did you mean ${near}? Otherwise give a --command.`,
  });
}

function missing(preset: string, what: string): AirlockError {
  return new AirlockError("invalid_input", `add server: ${preset} needs ${what}`, {
    stage: "request",
    suggestion: "Give it with --args or --env.",
  });
}
