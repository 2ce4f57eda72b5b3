import { type Command, InvalidArgumentError, Option } from "commander";
import { listTools } from "../registry/catalog/list_tools.ts";
import { readTool } from "../registry/catalog/read_tool.ts";
import { searchTools } from "../registry/catalog/search_tools.ts";
import type { ToolFilter } from "../registry/catalog/tool_filter.ts";
import type { Page, ToolSummary } from "../registry/catalog/tool_summary.ts";
import type { CliDeps } from "./cli_deps.ts";
import { printable } from "./printable.ts";
import { addToolHistory } from "./tool_history.ts";
import { addToolOpinions } from "./tool_opinions.ts";
import { toolTable } from "./tool_table.ts";
import { addToolChanges } from "./tools_changes.ts";
import { type CatalogSession, withCatalog } from "./with_catalog.ts";

interface ListFlags extends Omit<ToolFilter, "minPopularity"> {
  readonly limit: number;
  readonly cursor?: string;
  readonly json?: true;
}

/** `airlock tools …`: what the catalog knows. */
export function toolsCommand(program: Command, deps: CliDeps): void {
  const tools = program.command("tools").description("Look at the tools of the catalog");
  listing(tools.command("ls").description("List tools, the most popular first"))
    .action((flags: ListFlags) =>
      list(flags, deps, { read: (session, page) => listTools(session.sql, page) })
    );
  listing(tools.command("search").description("Look for tools by words").argument("<words...>"))
    .action((words: string[], flags: ListFlags) =>
      list(flags, deps, {
        read: (session, page) => searchTools(session.sql, { ...page, query: words.join(" ") }),
      })
    );
  tools.command("show")
    .description("Show all that is known of a tool")
    .argument("<tool>", "its slug or id")
    .action(async (tool: string) => {
      const found = await withCatalog(deps, (s) => readTool(s.sql, { tool, visible: s.visible }));
      const text = JSON.stringify(found, null, 2);
      deps.terminal.out(`${deps.terminal.stdoutIsTerminal ? printable(text) : text}\n`);
    });
  addToolHistory(tools, deps);
  addToolChanges(tools, deps);
  addToolOpinions(tools, deps);
}

function listing(command: Command): Command {
  return command
    .option("--category <category>")
    .addOption(new Option("--source <source>").choices(["npm", "esm", "inline", "wasm"]))
    .addOption(new Option("--runtime <runtime>").choices(["deno", "quickjs", "extism"]))
    .addOption(new Option("--health <health>").choices(["unknown", "healthy", "broken"]))
    .option("--limit <count>", "at most so many", parseCount, 50)
    .option("--cursor <cursor>", "go on where a page ended")
    .option("--json", "print as JSON");
}

async function list(
  { json, limit, cursor, ...filter }: ListFlags,
  deps: CliDeps,
  { read }: {
    readonly read: (
      session: CatalogSession,
      page: Parameters<typeof listTools>[1],
    ) => Promise<Page<ToolSummary>>;
  },
): Promise<void> {
  const { terminal } = deps;
  const page = await withCatalog(deps, (session) => {
    const { visible } = session;
    return read(session, { filter, visible, limit, cursor });
  });
  if (json) return terminal.out(`${JSON.stringify(page)}\n`);
  terminal.out(toolTable(page.items));
  if (page.nextCursor !== null) terminal.err(`more: --cursor ${page.nextCursor}\n`);
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text) && Number(text) <= 200) return Number(text);
  throw new InvalidArgumentError("needs a number from 1 to 200");
}
