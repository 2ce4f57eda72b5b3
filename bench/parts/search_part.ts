import { CATEGORIES, fillCatalog, TOPICS } from "../catalog/fill_catalog.ts";
import { seededRandom } from "../catalog/seeded_random.ts";
import { listTools } from "../../registry/catalog/list_tools.ts";
import { searchTools, type SearchToolsOptions } from "../../registry/catalog/search_tools.ts";
import type { Sql } from "../../registry/database/database.ts";
import { migrate } from "../../registry/database/migrate.ts";
import { openDatabase } from "../../registry/database/open_database.ts";
import type { Measurement } from "../measurement.ts";
import { cpuClock } from "../processes/cpu_clock.ts";
import { timed } from "../timed.ts";
import { type BenchPart, measurement, type PartContext } from "./bench_part.ts";

const SIZES = [1_000, 100_000] as const;

/** Of each size. */
const SEARCHES = 400;
const PAGE_ITEMS = 20;

/**
 * Searches of a catalog on a PostgreSQL server, through the same functions that the routes call, one
 * after the other: what a caller waits for the database. Looked for are common and rare words, two
 * at a time, unfinished and misspelt ones, with filters, and second pages.
 */
export const measureSearch: BenchPart = async (context) => {
  const { createServerDatabase, TEST_DATABASE_KINDS } = await import(
    "../../tests/support/test_database.ts"
  );
  if (!TEST_DATABASE_KINDS.includes("postgres")) {
    context.remark("search was not measured: no PostgreSQL at AIRLOCK_TEST_DATABASE_URL");
    return SIZES.map((tools) => unmeasured(tools));
  }
  const rows: Measurement[] = [];
  for (const tools of SIZES) {
    await using server = await createServerDatabase();
    await using database = await openDatabase({
      ...{ url: server.url, directory: undefined, connections: 1 },
    });
    await migrate(database);
    context.progress(`search, filling ${tools} tools`);
    await fillCatalog(database.sql, tools);
    rows.push(...await measureSize(database.sql, tools, context));
  }
  return rows;
};

async function measureSize(
  sql: Sql,
  tools: number,
  { progress }: PartContext,
): Promise<Measurement[]> {
  const visible = sql`visibility = 'public' or owner_id = ${"usr_bench"}`;
  const queries = queriesOf(tools);
  const [backend] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const cpuMs = await cpuClock(backend?.pid ?? 0, "postgres");
  const searching: number[] = [];
  const working: number[] = [];
  const listing: number[] = [];
  progress(`search, ${SEARCHES} of ${tools} tools`);
  for (let round = -50; round < SEARCHES; round++) {
    const search = { ...queries(), visible, limit: PAGE_ITEMS };
    let next: string | null = null;
    const beforeMs = cpuMs?.();
    const ms = await timed(async () => next = (await searchTools(sql, search)).nextCursor);
    const workedMs = cpuMs === undefined ? undefined : cpuMs() - beforeMs!;
    const listMs = await timed(() =>
      listTools(sql, { filter: search.filter, visible, limit: PAGE_ITEMS })
    );
    // The first ones find neither plans nor pages in memory.
    if (round < 0) continue;
    searching.push(ms);
    listing.push(listMs);
    if (workedMs !== undefined) working.push(workedMs);
    if (next !== null && round % 4 === 0) {
      const cursor = next;
      searching.push(await timed(() => searchTools(sql, { ...search, cursor })));
    }
  }
  const row = { part: "search", unit: "ms" } as const;
  return [
    measurement(`search of ${label(tools)} tools`, searching, row),
    measurement(`list of ${label(tools)} tools`, listing, row),
    ...working.length === 0 ? [] : [
      measurement(`search of ${label(tools)} tools, server's processor`, working, {
        ...{ ...row, note: "without what it waits for others on this machine" },
      }),
    ],
  ];
}

/** Makes up what is looked for, the same in every run. */
function queriesOf(seed: number): () => Pick<SearchToolsOptions, "query" | "filter"> {
  const random = seededRandom(seed + 1);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const misspelt = (word: string) =>
    word.slice(0, 2) + word.slice(3, 4) + word.slice(2, 3) +
    word.slice(4);
  const kinds = [
    () => pick(TOPICS),
    () => `${pick(TOPICS)} ${pick(TOPICS)}`,
    () => `${pick(TOPICS)} tool`,
    () => `${pick(TOPICS)} ${pick(TOPICS)} ${pick(TOPICS)}`,
    () => pick(TOPICS).slice(0, 3),
    () => misspelt(pick(TOPICS.filter(({ length }) => length > 5))),
    () => "tool",
  ];
  return () => ({
    query: pick(kinds)(),
    filter: random() < 0.3 ? { category: pick(CATEGORIES) } : {},
  });
}

function unmeasured(tools: number): Measurement {
  return {
    ...{ part: "search", unit: "ms", samples: 0, median: null, p95: null },
    name: `search of ${label(tools)} tools`,
    note: "needs a PostgreSQL server",
  };
}

function label(tools: number): string {
  return tools.toLocaleString("en-US");
}
