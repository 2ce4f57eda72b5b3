import { PGlite } from "@electric-sql/pglite";

/**
 * What PostgreSQL is started with. Its memory for pages is set to zero before anything else is done,
 * all of it: 128 MB, the default, take more time than the rest of a start. Pages that do not fit are
 * read again, from the system's cache of the files. Files of the log that a checkpoint has made
 * useless are removed, not kept for later.
 */
export const CLUSTER_PARAMETERS: readonly string[] = [
  ...PGlite.defaultStartParams,
  ...["-c", "shared_buffers=8MB"],
  ...["-c", "wal_recycle=off"],
];
