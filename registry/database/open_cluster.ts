import { join } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import { removeNobodyMark } from "./nobody_mark.ts";
import { emptyTemplate, pgliteTemplate } from "./pglite_template.ts";
import { templateArchive } from "./template_archive.ts";
import { unpackTemplate } from "./unpack_template.ts";

/**
 * Opens PGlite on a directory that nobody else uses, or in memory. A first start that was cut short
 * is begun anew.
 */
export async function openCluster(
  { directory, prepared }: { readonly directory: string | undefined; readonly prepared: boolean },
): Promise<PGlite> {
  const [{ PGlite }, { pg_trgm }, { CLUSTER_PARAMETERS }] = await Promise.all([
    import("@electric-sql/pglite"),
    import("@electric-sql/pglite/contrib/pg_trgm"),
    import("./cluster_parameters.ts"),
  ]);
  const how = { extensions: { pg_trgm }, startParams: [...CLUSTER_PARAMETERS] };
  const template = prepared ? pgliteTemplate : emptyTemplate;
  if (directory === undefined) {
    return await PGlite.create({
      ...how,
      loadDataDir: new Blob([new Uint8Array(await templateArchive(await template()))]),
    });
  }
  // Before anything can be written there.
  await removeNobodyMark(directory);
  const dataDir = join(directory, "cluster");
  // Written last, so a cluster without it was never used: nothing is lost with it.
  const complete = join(directory, "complete");
  if (await exists(complete)) return await PGlite.create({ ...how, dataDir });
  if (await exists(dataDir)) await Deno.remove(dataDir, { recursive: true });
  await unpackTemplate(await template(), dataDir);
  const made = await PGlite.create({ ...how, dataDir });
  await Deno.writeTextFile(complete, "");
  return made;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
