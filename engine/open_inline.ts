import { FreshCache } from "../accounts/cache/fresh_cache.ts";
import {
  type InlinePackage,
  readInlineCode,
  readInlinePackage,
} from "../registry/catalog/inline/inline_package.ts";
import { toolNotFound } from "../registry/catalog/read_tool.ts";
import type { Sql } from "../registry/database/database.ts";
import { createInlineSource } from "../registry/inline/inline_source.ts";
import type { NpmPackageSource } from "../registry/npm/npm_source.ts";
import type { PrepareFor, PrepareRequest } from "../runtime/artifact/prepare_artifact.ts";
import type { PackageSource } from "../spec/artifact.ts";

/** Source that callers brought, and who may have which of it. */
export interface OpenInline {
  readonly source: PackageSource;
  /** Lets an account prepare what it may see of inline packages; everything else as before. */
  guard(prepare: PrepareFor): PrepareFor;
  /** Forgets what is known of a package because it changed. */
  changed(packageName: string): void;
}

/** Options of {@linkcode openInline}. */
export interface OpenInlineOptions {
  readonly sql: Sql;
  readonly install: NpmPackageSource["install"];
  readonly onFailure: (error: unknown) => void;
}

/** How long a call may go by what was read before, and how much is kept. */
const BOUNDS = {
  maxEntries: 10_000,
  maxAbsent: 1_000,
  freshMs: 1_000,
  staleMs: 60_000,
  readTimeoutMs: 2_000,
  maxReads: 32,
  retryMs: 500,
};

/** Connects inline source to the database that holds it. */
export function openInline({ sql, install, onFailure }: OpenInlineOptions): OpenInline {
  const packages = new FreshCache<InlinePackage>({
    what: "inline source",
    read: (packageName) => readInlinePackage(sql, packageName),
    bounds: BOUNDS,
    nowMs: () => performance.now(),
    onFailure,
  });
  return {
    source: createInlineSource({
      install,
      readCode: (packageName, version) => readInlineCode(sql, { packageName, version }),
      readLatest: async (packageName) =>
        (await readInlinePackage(sql, packageName))?.latestVersion ?? undefined,
    }),
    guard: (prepare) => async (request, options) =>
      request.source === "inline"
        ? await prepare(
          admitted(request, {
            found: await packages.find(request.packageName),
            tenant: options.tenant,
          }),
          options,
        )
        : await prepare(request, options),
    changed: (packageName) => packages.drop(packageName),
  };
}

/**
 * The request for the version that a call runs. An owner may have any version; others, of what is
 * published, the newest one that works, since what came before may not have been for them.
 */
function admitted(
  request: PrepareRequest,
  { found, tenant }: { readonly found: InlinePackage | null; readonly tenant: string },
): PrepareRequest {
  if (found === null) throw toolNotFound();
  const wish = request.version === "latest" ? undefined : request.version;
  const version = wish ?? found.latestVersion;
  const isOwn = found.ownerId === tenant;
  const isShared = found.visibility === "public" && version === found.latestVersion;
  if (version === null || !(isOwn || isShared)) throw toolNotFound();
  return { ...request, version };
}
