import { type Command, InvalidArgumentError, Option } from "commander";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import type { ServerDesk } from "../gateway/servers/server_desk.ts";
import type { AnySql, Database } from "../registry/database/database.ts";
import type { CliDeps } from "./cli_deps.ts";
import { formatTable } from "./format_table.ts";
import { onDatabase } from "./on_database.ts";
import { MAX_LISTED, OWNER_ACTOR } from "./owner_actor.ts";
import { collectWord } from "./parse_options.ts";
import { printable } from "./printable.ts";
import { tellServer } from "./tell_server.ts";

interface JsonFlag {
  readonly json?: true;
}

interface WishFlags extends JsonFlag {
  readonly header?: readonly (readonly [string, string])[];
  readonly tool?: readonly string[];
  readonly rename?: readonly (readonly [string, string])[];
  readonly timeout?: number;
}

interface ChangeFlags extends WishFlags {
  readonly name?: string;
  readonly url?: string;
  readonly allTools?: true;
  readonly off?: true;
  readonly on?: true;
}

/** `airlock mcp add|change|ls|test|accept|rm`: other MCP servers of a collection. */
export function mcpServersCommand(mcp: Command, deps: CliDeps): void {
  wishFlags(
    mcp.command("add <collection> <name> <place...>")
      .description("Add a server: its URL, or after -- a command that the configuration allows"),
  ).action((collection: string, name: string, place: string[], flags: WishFlags) =>
    add(deps, collection, { name, place, flags })
  );
  wishFlags(
    mcp.command("change <collection> <server>")
      .description("Change a server; --header and --rename stand in place of all before")
      .option("--name <name>", "another name")
      .option("--url <url>", "another place")
      .option("--all-tools", "offer all tools again")
      .addOption(new Option("--off", "offer nothing of it").conflicts("on"))
      .option("--on", "offer it again"),
  ).action((collection: string, server: string, flags: ChangeFlags) =>
    change(deps, collection, { server, flags })
  );
  mcp.command("ls <collection>")
    .description("List servers")
    .option("--json", "print as JSON")
    .action((collection: string, flags: JsonFlag) => list(deps, collection, flags));
  mcp.command("test <collection> <server>")
    .description(
      "Connect to a server and list what it offers: tools that are pinned, what waits, the rest",
    )
    .option("--json", "print as JSON")
    .action((collectionId: string, server: string, flags: JsonFlag) =>
      onDesk(deps, async (desk) => {
        tellServer(deps.terminal, {
          ...await desk.test(OWNER_ACTOR, { collectionId, server }),
          ...flags,
        });
      })
    );
  mcp.command("accept <collection> <server> <tools...>")
    .description("Accept what tools are by now: name@digest, with 12 digits or more, as test shows")
    .option("--json", "print as JSON")
    .action((collectionId: string, server: string, tools: string[], flags: JsonFlag) =>
      accept(deps, { collectionId, server }, { tools, flags })
    );
  mcp.command("rm <collection> <server>")
    .description("Take a server out of a collection, with its tools")
    .option("--json", "print as JSON")
    .action((collection: string, server: string, flags: JsonFlag) =>
      remove(deps, collection, { server, flags })
    );
}

function wishFlags(command: Command): Command {
  return command
    .option(
      "--header <header>",
      "header such as 'authorization: Bearer ${TOKEN}', where TOKEN is a secret; repeatable",
      collect(/^([^:\s]+):\s*(.*)$/, "It is a name, a colon and a value."),
    )
    .option("--tool <name>", "offer this tool and no other; repeatable", collectWord)
    .option(
      "--rename <names>",
      "call a tool otherwise: theirs=ours; repeatable",
      collect(/^(.+)=([^=]+)$/, "It is a name, = and another name."),
    )
    .option("--timeout <ms>", "longest time of a call", Number)
    .option("--json", "print as JSON");
}

/** The body that the same wish would have over HTTP, which is checked in the same way. */
function wishOf({ header, rename, tool, timeout }: WishFlags) {
  return {
    ...(header && { headers: Object.fromEntries(header) }),
    ...(rename && { renames: Object.fromEntries(rename) }),
    ...(tool && { allowedTools: tool }),
    ...(timeout !== undefined && { timeoutMs: timeout }),
  };
}

function add(
  deps: CliDeps,
  collectionId: string,
  { name, place, flags }: {
    readonly name: string;
    readonly place: readonly string[];
    readonly flags: WishFlags;
  },
): Promise<void> {
  return onDesk(deps, async (desk) => {
    const { addServerSchema } = await import("../gateway/schemas/server_schemas.ts");
    const { parseWith } = await import("../gateway/schemas/parse_with.ts");
    const [first = ""] = place;
    const isUrl = place.length === 1 && /^[a-z]+:\/\//i.test(first);
    const wish = parseWith(addServerSchema, {
      ...{ name, ...(isUrl ? { url: first } : { command: place }) },
      ...wishOf(flags),
    });
    const look = await desk.add(OWNER_ACTOR, { collectionId, wish });
    tellServer(deps.terminal, { ...look, json: flags.json });
  });
}

function change(
  deps: CliDeps,
  collectionId: string,
  { server, flags }: { readonly server: string; readonly flags: ChangeFlags },
): Promise<void> {
  return onDatabase(deps, async (database, config) => {
    const { updateServer } = await import("../accounts/servers/change_server.ts");
    const { viewServer } = await import("../accounts/servers/server_record.ts");
    const { changeServerSchema } = await import("../gateway/schemas/server_schemas.ts");
    const { parseWith } = await import("../gateway/schemas/parse_with.ts");
    const { name, url, allTools, on, off } = flags;
    const wish = parseWith(changeServerSchema, {
      ...(name !== undefined && { name }),
      ...(url !== undefined && { url }),
      ...(allTools && { allowedTools: null }),
      ...((on ?? off) && { enabled: on === true }),
      ...wishOf(flags),
    });
    await using accounts = await deps.openAccounts(config, { database, url: () => "" });
    const { masterKeys } = accounts;
    const row = await database.sql.begin((tx: AnySql) =>
      updateServer(tx, OWNER_ACTOR, { collectionId, server, wish, masterKeys })
    );
    if (flags.json) return deps.terminal.out(`${JSON.stringify(viewServer(row))}\n`);
    deps.terminal.out(`changed ${row.name}\n`);
  });
}

function list(deps: CliDeps, name: string, flags: JsonFlag): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { listServers, requireServers } = await import("../accounts/servers/find_server.ts");
    const { viewServer } = await import("../accounts/servers/server_record.ts");
    const { id: collectionId } = await requireServers(sql, OWNER_CALLER, {
      ...{ collectionId: name, action: "read" },
    });
    const { readOffersOf, viewOffers } = await import("../registry/servers/server_offers.ts");
    const offered = await readOffersOf(sql, collectionId);
    const servers = (await listServers(sql, { collectionId, limit: MAX_LISTED })).map((row) => {
      const offers = offered.get(row.id);
      return { ...viewServer(row), ...(offers && { offers: viewOffers(offers) }) };
    });
    if (flags.json) return deps.terminal.out(`${JSON.stringify(servers)}\n`);
    const lines = servers.map((one) => [
      ...[one.name, one.enabled ? one.health : "off", one.transport ?? "-"],
      printable(one.about?.protocol || "-"),
      String((one.offers?.resources.total ?? 0) + (one.offers?.templates.total ?? 0)),
      String(one.offers?.prompts.total ?? 0),
      ...[one.url ?? one.command?.join(" ") ?? "", one.failure?.error ?? ""].map(printable),
    ]);
    const head = ["NAME", "HEALTH", "TRANSPORT", "MCP", "RESOURCES", "PROMPTS", "PLACE", "FAILURE"];
    deps.terminal.out(formatTable([head, ...lines]));
  });
}

function accept(
  deps: CliDeps,
  target: { readonly collectionId: string; readonly server: string },
  { tools, flags }: { readonly tools: readonly string[]; readonly flags: JsonFlag },
): Promise<void> {
  return onDesk(deps, async (desk) => {
    const { tools: known } = await desk.show(OWNER_CALLER, target);
    const wanted = tools.map((text) => {
      const [, name = text, digits = ""] = /^(.+)@([0-9a-f]{12,64})$/.exec(text) ?? [];
      const whole = known.find((tool) => tool.name === name)?.offered?.digest;
      // What is not there is told by whoever accepts.
      return { name, digest: digits !== "" && whole?.startsWith(digits) ? whole : digits };
    });
    const { row, tools: now } = await desk.accept(OWNER_ACTOR, { ...target, tools: wanted });
    const look = { row, tools: now, offers: null, failure: null, stderr: "" };
    tellServer(deps.terminal, { ...look, json: flags.json });
  });
}

function remove(
  deps: CliDeps,
  collectionId: string,
  { server, flags }: { readonly server: string; readonly flags: JsonFlag },
): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { removeServer } = await import("../accounts/servers/change_server.ts");
    const { viewServer } = await import("../accounts/servers/server_record.ts");
    const row = await sql.begin((tx) => removeServer(tx, OWNER_ACTOR, { collectionId, server }));
    if (flags.json) return deps.terminal.out(`${JSON.stringify(viewServer(row))}\n`);
    deps.terminal.out(`removed ${row.name}\n`);
  });
}

function onDesk(deps: CliDeps, work: (desk: ServerDesk) => Promise<void>): Promise<void> {
  return onDatabase(deps, async (database: Database, config) => {
    const { ServerDesk } = await import("../gateway/servers/server_desk.ts");
    await using accounts = await deps.openAccounts(config, { database, url: () => "" });
    await using upstreams = deps.openUpstreams(config);
    await work(new ServerDesk({ accounts, upstreams: () => upstreams.pool() }));
  });
}

function collect(pattern: RegExp, advice: string) {
  return (text: string, before: readonly (readonly [string, string])[] = []) => {
    const [, name, value] = pattern.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new InvalidArgumentError(advice);
    return [...before, [name, value] as const];
  };
}
