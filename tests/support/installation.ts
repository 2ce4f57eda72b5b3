import { fakeCli } from "./fake_cli.ts";
import { openSharedDatabase } from "./test_database.ts";

/** Runs commands on one database, as the processes of one installation would one after another. */
export async function installation() {
  const database = await openSharedDatabase("pglite");
  const kept = { ...database, [Symbol.asyncDispose]: () => Promise.resolve() };
  const directory = await Deno.makeTempDir();
  const run = async (
    args: readonly string[],
    { stdin = "", env = {} }: { stdin?: string; env?: Record<string, string> } = {},
  ) => {
    const cli = fakeCli({
      environment: { AIRLOCK_DATA_DIR: directory, ...env },
      stdin,
      openDatabase: () => Promise.resolve(kept),
    });
    const code = await cli.run(...args);
    return { code, ...cli.output, checked: cli.checked };
  };
  return {
    database,
    run,
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      await Deno.remove(directory, { recursive: true });
    },
  };
}
