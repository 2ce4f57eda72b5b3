import {
  type SpawnCommand,
  spawnCommand,
  type SpawnCommandOptions,
} from "../../sandboxes/process/spawn_command.ts";

/** What to change in the production command line. */
export interface CommandEdits {
  /** Options of Deno to leave out: whole, or up to their `=`. */
  readonly without?: readonly string[];
  /** Options of Deno to add. */
  readonly with?: readonly string[];
  /** Options of bubblewrap to add. */
  readonly bwrap?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The production command line with some of its walls taken down. */
export function looseCommand(
  edits: CommandEdits | ((options: SpawnCommandOptions) => CommandEdits),
): typeof spawnCommand {
  return (options: SpawnCommandOptions): SpawnCommand => {
    const command = spawnCommand(options);
    const changed = typeof edits === "function" ? edits(options) : edits;
    const without = changed.without ?? [];
    const args = command.args.flatMap((arg) => {
      if (without.includes(arg.split("=", 1)[0]!)) return [];
      if (arg === "--no-prompt") return [arg, ...changed.with ?? []];
      return arg === "--cap-drop" ? [...changed.bwrap ?? [], arg] : [arg];
    });
    return { ...command, args, env: { ...command.env, ...changed.env } };
  };
}

/** Every permission, and a directory for what Deno keeps. */
export const withEveryPermission = looseCommand(({ tools, tmpDirectory }) => ({
  without: ["--allow-read", "--deny-import", "--no-npm", "--no-remote"],
  with: ["--allow-all"],
  env: { DENO_DIR: tools.bwrap === null ? `${tmpDirectory}/deno` : "/tmp/deno" },
}));
