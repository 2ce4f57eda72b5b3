import { z } from "zod";

/** The version of the format that this program writes, and the only one that it reads. */
export const DUMP_FORMAT = 1;

/** The first line of a dump. */
export const dumpHeader = z.object({
  airlock: z.literal("dump"),
  format: z.literal(DUMP_FORMAT),
  /** Names of the migrations whose schema the rows are of. */
  migrations: z.array(z.string()),
  createdAt: z.string(),
});

/** Stands before the rows of a table. Each row is a line: an array of texts or nulls. */
export const dumpTable = z.object({ table: z.string(), columns: z.array(z.string()) });

/** The last line: without it, and without as many rows before it, a dump is not whole. */
export const dumpEnd = z.object({ end: z.literal(true), rows: z.int() });

/** What was written or read so far. */
export interface DumpProgress {
  readonly table: string;
  /** Of all tables. */
  readonly rows: number;
}

/** Settings under which PostgreSQL's texts of values are exact and the same everywhere. */
export const TEXT_SETTINGS: Readonly<Record<string, string>> = {
  datestyle: "ISO, MDY",
  intervalstyle: "postgres",
  timezone: "UTC",
  bytea_output: "hex",
  extra_float_digits: "1",
};
