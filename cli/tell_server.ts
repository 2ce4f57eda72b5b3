import type { ServerLook } from "../gateway/servers/server_desk.ts";
import type { OffersView } from "../registry/servers/server_offers.ts";
import type { ServerToolView } from "../registry/servers/server_tool.ts";
import { EXIT } from "./exit_codes.ts";
import { ExitWith } from "./exit_with.ts";
import { formatTable } from "./format_table.ts";
import { printable } from "./printable.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Prints how a server was found to be.
 * @throws {ExitWith} for a server that does not answer: that is a failure of the command.
 */
export function tellServer(
  terminal: Terminal,
  { json, ...look }: Omit<ServerLook, "offers"> & {
    /** `null` where nobody has looked. */
    readonly offers: OffersView | null;
    readonly json?: true;
  },
): void {
  const { row, tools, offers, failure, stderr } = look;
  if (json) {
    const said = failure && { code: failure.code, error: failure.message };
    const { name, id, transport, health, about } = row;
    const shown = { id, name, transport, health, about, tools, ...(offers && { offers }) };
    terminal.out(`${JSON.stringify({ ...shown, failure: said, stderr })}\n`);
  } else {
    const over = row.transport ? ` over ${row.transport}` : "";
    const speaks = row.about?.protocol ? `, MCP ${printable(row.about.protocol)}` : "";
    terminal.out(`${row.name}: ${row.health}${over}${speaks}\n`);
    terminal.out(formatTable(tools.map(lineOf)));
    if (offers !== null) terminal.out(formatTable(offerLines(offers)));
  }
  if (failure === null) return;
  terminal.err(`${printable(failure.message)} (${failure.code})\n`);
  if (failure.suggestion !== undefined) terminal.err(`${printable(failure.suggestion)}\n`);
  if (stderr !== "") terminal.err(`${printable(stderr)}\n`);
  throw new ExitWith(EXIT.notPrepared);
}

/** One line for each, and one for how many more there are. */
function offerLines({ resources, templates, prompts }: OffersView): string[][] {
  const kinds = { resource: resources, template: templates, prompt: prompts };
  return Object.entries(kinds).flatMap(([kind, { total, first }]) => {
    const more = total - first.length;
    return [
      ...first.map((name) => [kind, printable(name)]),
      ...(more > 0 ? [[kind, `and ${more} more`]] : []),
    ];
  });
}

/** Characters of a digest by which a tool is accepted. */
const SHOWN_DIGITS = 12;

function lineOf({ name, state, offered, findings }: ServerToolView): string[] {
  const digest = offered === null
    ? ""
    : `${printable(name)}@${offered.digest.slice(0, SHOWN_DIGITS)}`;
  const rules = (offered?.findings ?? findings).map(({ rule, severity }) =>
    `${rule} (${severity})`
  );
  return [state, printable(name), digest, [...new Set(rules)].join(", ")];
}
