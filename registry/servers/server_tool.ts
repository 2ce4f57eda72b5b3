import { z } from "zod";
import { type DefinitionFinding, FINDING_RULES } from "../../spec/definition_finding.ts";
import { isJsonObject, type JsonObject } from "../../spec/json.ts";

const definition = z.custom<JsonObject>(isJsonObject);

const findings = z.array(z.object({
  rule: z.enum(FINDING_RULES),
  severity: z.enum(["low", "medium", "high"]),
  where: z.string(),
  excerpt: z.string(),
}));

/** A row of `mcp_server_tool`. */
export const serverToolRow = z.object({
  id: z.string(),
  server_id: z.string(),
  name: z.string(),
  position: z.number(),
  definition: definition.nullable(),
  digest: z.string().nullable(),
  findings,
  offered: definition.nullable(),
  offered_digest: z.string().nullable(),
  offered_findings: findings,
  offered_at: z.date().nullable(),
  gone: z.boolean(),
});

/** {@linkcode serverToolRow} read. */
export type ServerToolRow = z.output<typeof serverToolRow>;

/** `pinned`: as it was approved; `changed`: another by now; `new`: nobody has approved it yet. */
export type ServerToolState = "pinned" | "changed" | "new" | "gone";

/** A tool of a server as its owner is shown it. */
export interface ServerToolView {
  readonly name: string;
  readonly state: ServerToolState;
  /** Of what is approved. */
  readonly digest: string | null;
  readonly definition: JsonObject | null;
  readonly findings: readonly DefinitionFinding[];
  /** What waits to be accepted. */
  readonly offered: {
    readonly digest: string;
    readonly definition: JsonObject;
    readonly findings: readonly DefinitionFinding[];
  } | null;
}

/** What is shown of a tool of a server. */
export function viewServerTool(row: ServerToolRow): ServerToolView {
  const { offered: definition, offered_digest: digest, offered_findings: findings } = row;
  return {
    name: row.name,
    state: stateOf(row),
    digest: row.digest,
    definition: row.definition,
    findings: row.findings,
    offered: definition === null || digest === null ? null : { digest, definition, findings },
  };
}

/** How a tool of a server stands. */
export function stateOf(
  row: Pick<ServerToolRow, "gone" | "definition" | "offered">,
): ServerToolState {
  if (row.gone) return "gone";
  if (row.definition === null) return "new";
  return row.offered === null ? "pinned" : "changed";
}
