import { type Command, InvalidArgumentError } from "commander";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import type { Engagement } from "../registry/catalog/engagement/engage.ts";
import type { AnySql } from "../registry/database/database.ts";
import type { CliDeps } from "./cli_deps.ts";
import { formatTable } from "./format_table.ts";
import { printable } from "./printable.ts";
import { withCatalog } from "./with_catalog.ts";

interface JsonFlag {
  readonly json?: true;
}

type Change = (tx: AnySql, of: Engagement) => Promise<unknown>;

/** `airlock tools opinion|like|unlike|rate|review|unreview|activity`: what people think of tools. */
export function addToolOpinions(tools: Command, deps: CliDeps): void {
  const command = (words: string, description: string) =>
    tools.command(words).description(description).option("--json", "print as JSON");
  command("opinion <tool>", "Show likes, ratings and reviews of a tool")
    .action((tool: string, flags: JsonFlag) => engage(deps, tool, { flags }));
  command("like <tool>", "Like a tool, once").action((tool: string, flags: JsonFlag) =>
    engage(deps, tool, { flags, change: like(true) })
  );
  command("unlike <tool>", "No longer like a tool").action((tool: string, flags: JsonFlag) =>
    engage(deps, tool, { flags, change: like(false) })
  );
  tools.command("rate").description("Rate a tool, in place of your rating before")
    .argument("<tool>", "its slug or id")
    .argument("<stars>", "from 1 to 5", parseStars)
    .option("--json", "print as JSON")
    .action((tool: string, stars: number, flags: JsonFlag) =>
      engage(deps, tool, { flags, change: rate(stars) })
    );
  command("review <tool> <text>", "Review a tool; - reads the text from standard input")
    .action(async (tool: string, text: string, flags: JsonFlag) => {
      const body = text === "-" ? await deps.terminal.readStdin() : text;
      await engage(deps, tool, { flags, change: review(body) });
    });
  command("unreview <tool>", "Take your review of a tool back")
    .action((tool: string, flags: JsonFlag) => engage(deps, tool, { flags, change: review(null) }));
  command("activity", "Show which tools you liked, rated and reviewed, the last first")
    .action((flags: JsonFlag) => activity(deps, flags));
}

function like(liked: boolean): Change {
  return async (tx, of) => {
    const { setLike } = await import("../registry/catalog/engagement/engage.ts");
    await setLike(tx, { ...of, liked });
  };
}

function rate(stars: number): Change {
  return async (tx, of) => {
    const { setRating } = await import("../registry/catalog/engagement/engage.ts");
    await setRating(tx, { ...of, stars });
  };
}

/** What a review says is checked as it is over HTTP. */
function review(text: string | null): Change {
  return async (tx, of) => {
    const { setReview } = await import("../registry/catalog/engagement/engage.ts");
    if (text === null) return await setReview(tx, { ...of, body: null });
    const { reviewSchema } = await import("../gateway/schemas/engagement_schemas.ts");
    const { parseWith } = await import("../gateway/schemas/parse_with.ts");
    await setReview(tx, { ...of, ...parseWith(reviewSchema, { body: text }) });
  };
}

/** Makes a change, where there is one, and prints what people think of the tool afterwards. */
async function engage(
  deps: CliDeps,
  tool: string,
  { flags, change }: { readonly flags: JsonFlag; readonly change?: Change },
): Promise<void> {
  const { terminal } = deps;
  const opinion = await withCatalog(deps, async ({ sql, visible }) => {
    const { readTool } = await import("../registry/catalog/read_tool.ts");
    const { lockOpinion } = await import("../registry/catalog/engagement/engage.ts");
    const { readOpinion } = await import("../registry/catalog/engagement/read_engagement.ts");
    const { id: toolId } = await readTool(sql, { tool, visible });
    const of = { toolId, ownerId: OWNER_CALLER.tenant };
    return await sql.begin(async (tx: AnySql) => {
      if (change !== undefined) await lockOpinion(tx, of);
      await change?.(tx, of);
      return await readOpinion(tx, of);
    });
  });
  if (flags.json) return terminal.out(`${JSON.stringify(opinion)}\n`);
  const { likes, ratings, averageStars, reviews } = opinion;
  const stars = averageStars === null ? "" : `, ${averageStars.toFixed(1)} of 5 stars`;
  terminal.out(`${likes} likes, ${ratings} ratings${stars}\n`);
  if (reviews.length === 0) return;
  const lines = reviews.map(({ body, isOwn, updatedAt }) => [
    updatedAt.slice(0, 10),
    isOwn ? "yours" : "",
    printable(body.replaceAll(/\s+/g, " ")),
  ]);
  terminal.out(`\n${formatTable([["AT", "WHOSE", "REVIEW"], ...lines])}`);
}

async function activity(deps: CliDeps, flags: JsonFlag): Promise<void> {
  const items = await withCatalog(deps, async ({ sql }) => {
    const { listActivity } = await import("../registry/catalog/engagement/read_engagement.ts");
    return await listActivity(sql, OWNER_CALLER.tenant);
  });
  if (flags.json) return deps.terminal.out(`${JSON.stringify(items)}\n`);
  const lines = items.map(({ at, kind, toolId }) => [
    at.slice(0, 19).replace("T", " "),
    kind,
    toolId,
  ]);
  deps.terminal.out(formatTable([["AT", "WHAT", "TOOL"], ...lines]));
}

function parseStars(text: string): number {
  if (/^[1-5]$/.test(text)) return Number(text);
  throw new InvalidArgumentError("needs a number from 1 to 5");
}
