import type { Command } from "commander";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import type { AnySql } from "../registry/database/database.ts";
import type { CliDeps } from "./cli_deps.ts";
import { formatTable } from "./format_table.ts";
import { onDatabase } from "./on_database.ts";
import { printable } from "./printable.ts";

/** The command line acts for whoever has the machine. */
const ACTOR = { caller: OWNER_CALLER, requestId: null };

const MAX_LISTED = 1_000;

interface JsonFlag {
  readonly json?: true;
}

/** `airlock grants`: list and revoke what MCP clients were allowed that signed in. */
export function grantsCommand(program: Command, deps: CliDeps): void {
  const grants = program.command("grants").description("MCP clients that were let in");
  grants.command("ls")
    .description("List them, newest first")
    .option("--json", "print as JSON")
    .action((flags: JsonFlag) => list(deps, flags));
  grants.command("revoke <id>")
    .description("Shut a client out now")
    .option("--json", "print as JSON")
    .action((id: string, flags: JsonFlag) => revoke(deps, id, flags));
}

function list(deps: CliDeps, flags: JsonFlag): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { listGrants } = await import("../accounts/oauth/read_grants.ts");
    const { viewGrant } = await import("../accounts/oauth/grant_record.ts");
    const rows = await listGrants(sql, OWNER_CALLER, { limit: MAX_LISTED });
    const views = rows.map(viewGrant);
    if (flags.json) return deps.terminal.out(`${JSON.stringify(views)}\n`);
    const lines = views.map((grant) => [
      ...[grant.id, printable(grant.clientName), printable(grant.redirectHost), grant.endpoint],
      ...[grant.state, grant.lastUsedAt?.slice(0, 16).replace("T", " ") ?? "never"],
    ]);
    deps.terminal.out(
      formatTable([["ID", "CLIENT", "SENT TO", "ENDPOINT", "STATE", "LAST USED"], ...lines]),
    );
  });
}

function revoke(deps: CliDeps, id: string, flags: JsonFlag): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { revokeGrant } = await import("../accounts/oauth/end_grant.ts");
    const { viewGrant } = await import("../accounts/oauth/grant_record.ts");
    const row = await sql.begin((tx: AnySql) => revokeGrant(tx, ACTOR, { id }));
    const view = viewGrant(row);
    deps.terminal.out(flags.json ? `${JSON.stringify(view)}\n` : `revoked ${view.id}\n`);
  });
}
