import { join } from "node:path";
import type { Config } from "../config.ts";
import type { OpenDatabaseOptions } from "../registry/database/open_database.ts";

/** The configured database: a server's, or one in the data directory. */
export function databaseOf(config: Config): OpenDatabaseOptions {
  return {
    url: config.databaseUrl?.reveal(),
    directory: join(config.dataDirectory, "database"),
  };
}
