import { type Command, InvalidArgumentError } from "commander";
import type { AuditLine } from "../accounts/audit/list_audit.ts";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import { LOCAL_TENANT } from "../spec/account.ts";
import type { CliDeps } from "./cli_deps.ts";
import { formatTable } from "./format_table.ts";
import { onDatabase } from "./on_database.ts";
import { printable } from "./printable.ts";

const DEFAULT_LINES = 50;
const MAX_LINES = 10_000;

interface Flags {
  readonly account: string;
  readonly limit: number;
  readonly before?: string;
  readonly json?: true;
}

/** `airlock audit`: who changed what about permission. */
export function auditCommand(program: Command, deps: CliDeps): void {
  program.command("audit")
    .description("Who changed what about permission, newest first")
    .option("--account <tenant>", "id of a user or an organisation", LOCAL_TENANT)
    .option("--limit <lines>", "most lines", parseLimit, DEFAULT_LINES)
    .option("--before <id>", "go on below the line of that id", parseId)
    .option("--json", "print one line of JSON for each")
    .action((flags: Flags) => show(deps, flags));
}

function show(deps: CliDeps, { account, limit, before, json }: Flags): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { listAudit } = await import("../accounts/audit/list_audit.ts");
    const whose = { ...OWNER_CALLER, tenant: account };
    const found = await listAudit(sql, whose, { limit: limit + 1, after: before });
    const lines = found.slice(0, limit);
    const { out, err } = deps.terminal;
    if (json) return out(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const rows = lines.map((line) => [
      ...[line.id, line.at.slice(0, 19).replace("T", " "), printable(actorWords(line))],
      ...[line.action, printable(line.subject.id), printable(JSON.stringify(line.details))],
    ]);
    out(formatTable([["LINE", "AT", "WHO", "WHAT", "OF", "DETAILS"], ...rows]));
    if (found.length > limit) err(`there is more: --before ${lines.at(-1)?.id}\n`);
  });
}

/** A key is who it is; of a user behind a key the line itself tells. */
function actorWords({ actor: { kind, userId, keyId } }: AuditLine): string {
  return keyId ?? userId ?? kind;
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (/^\d{1,5}$/.test(text) && limit >= 1 && limit <= MAX_LINES) return limit;
  throw new InvalidArgumentError(`needs a number from 1 to ${MAX_LINES}`);
}

function parseId(text: string): string {
  if (/^\d{1,18}$/.test(text)) return text;
  throw new InvalidArgumentError("needs the number of a line");
}
