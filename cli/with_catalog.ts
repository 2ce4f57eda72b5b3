import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import { visibleTo } from "../accounts/visible_to.ts";
import { type Config, loadConfig } from "../config.ts";
import type { Database, Sql } from "../registry/database/database.ts";
import { migrate } from "../registry/database/migrate.ts";
import type { DescribeContext } from "../spec/description.ts";
import type { CliDeps, Engine } from "./cli_deps.ts";
import { EXIT } from "./exit_codes.ts";
import { ExitWith } from "./exit_with.ts";
import { progressLine } from "./progress_line.ts";

/** What commands on the catalog work with. */
export interface CatalogSession {
  readonly config: Config;
  readonly database: Database;
  readonly sql: Sql;
  /** What the owner of this machine may see. */
  readonly visible: ReturnType<typeof visibleTo>;
}

/**
 * Opens the configured database for one command, as the owner of this machine.
 * @throws {AirlockError} `conflict` when another command has the embedded database open.
 */
export async function withCatalog<T>(
  deps: CliDeps,
  work: (session: CatalogSession) => Promise<T>,
): Promise<T> {
  const config = loadConfig(deps.environment);
  await using database = await deps.openDatabase(config);
  await migrate(database);
  const { sql } = database;
  return await work({ config, database, sql, visible: visibleTo(sql, OWNER_CALLER, "tool") });
}

/** Opens an engine beside the catalog; an interrupt stops what it prepares. */
export async function withEngine<T>(
  { config, database }: Pick<CatalogSession, "config" | "database">,
  deps: CliDeps,
  { work }: { readonly work: (engine: Engine, asked: DescribeContext) => Promise<T> },
): Promise<T> {
  const stop = new AbortController();
  using _signals = deps.onSignal(() => stop.abort(new ExitWith(EXIT.interrupted)));
  using progress = progressLine(deps.terminal);
  await using engine = await deps.openEngine(config, database);
  const asked = {
    tenant: OWNER_CALLER.tenant,
    requestId: crypto.randomUUID(),
    signal: stop.signal,
    onProgress: progress.show,
  };
  try {
    return await work(engine, asked);
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    progress.clear();
  }
}
