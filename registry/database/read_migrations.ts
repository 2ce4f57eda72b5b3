import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** One step of the schema. */
export interface Migration {
  readonly number: number;
  /** `0000_name`: the file without its ending. */
  readonly name: string;
  readonly text: string;
  /** SHA-256 of the text in hex. */
  readonly checksum: string;
}

/** Where the program's own migrations are. */
export const MIGRATIONS_DIRECTORY: string = fileURLToPath(
  new URL("../migrations", import.meta.url),
);

/**
 * Reads `NNNN_name.sql` files in order of their numbers. Other names are refused, so that a
 * misspelt one is not left out.
 */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const migrations: Migration[] = [];
  for await (const { name: file } of Deno.readDir(directory)) {
    const [, digits] = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(file) ?? [];
    if (digits === undefined) throw new Error(`migrations: ${file} is not named NNNN_name.sql`);
    const text = await Deno.readTextFile(join(directory, file));
    migrations.push({
      number: Number(digits),
      name: file.slice(0, -".sql".length),
      text,
      checksum: createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex"),
    });
  }
  migrations.sort((one, other) => one.number - other.number);
  const twin = migrations.find(({ number }, index) => migrations[index + 1]?.number === number);
  if (twin !== undefined) throw new Error(`migrations: two have the number of ${twin.name}`);
  return migrations;
}
