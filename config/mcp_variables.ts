import { z } from "zod";
import { variable } from "./annotate_variable.ts";

/** Most commands, and most words of one. */
const MAX_COMMANDS = 100;
const MAX_WORDS = 100;

const commands = z.array(z.array(z.string().min(1)).min(1).max(MAX_WORDS)).max(MAX_COMMANDS);

/** A JSON list of commands, each a list of words. */
function commandList() {
  return z.string().transform((text, context): readonly (readonly string[])[] => {
    const parsed = commands.safeParse(text === "" ? [] : parseJson(text));
    if (parsed.success) return parsed.data;
    context.addIssue({
      code: "custom",
      message: `is not a JSON list of commands, such as [["npx", "-y", "some-server"]]`,
    });
    return z.NEVER;
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Told as what is no list of commands.
    return undefined;
  }
}

/** Variables about other MCP servers. */
export const MCP_VARIABLES = {
  AIRLOCK_MCP_STDIO_COMMANDS: variable(
    commandList(),
    "",
    "MCP servers that may be started here, word by word, as a JSON list of lists; none when unset",
  ),
};
