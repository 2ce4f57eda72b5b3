import { type Config, loadConfig } from "../config.ts";
import type { Database } from "../registry/database/database.ts";
import type { CliDeps } from "./cli_deps.ts";

/** What a command does with the database. */
export type DatabaseWork = (database: Database, config: Config) => Promise<void>;

/**
 * Runs a command on the configured database, brought to its schema first.
 * @throws {AirlockError} `conflict` when another command has the database in its data directory.
 */
export async function onDatabase(deps: CliDeps, work: DatabaseWork): Promise<void> {
  const config = loadConfig(deps.environment);
  const { migrate } = await import("../registry/database/migrate.ts");
  await using database = await deps.openDatabase(config);
  await migrate(database);
  await work(database, config);
}
