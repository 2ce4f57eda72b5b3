import { z } from "zod";
import type { CallDefaults } from "../../spec/call_grant.ts";
import type { Resource } from "../resource.ts";
import { limitsSchema, permissionsSchema } from "../grant_schemas.ts";
import { type KeptExecutor, keptExecutorSchema } from "./kept_executor.ts";

/** Who sees something: its account, or everybody. */
export const VISIBILITIES = ["public", "private"] as const;

/** One of {@linkcode VISIBILITIES}. */
export type Visibility = typeof VISIBILITIES[number];

/** Whether MCP clients are given meta-tools instead of all tools; `auto`: where there are many. */
export const META_TOOLS = ["auto", "on", "off"] as const;

/** One of {@linkcode META_TOOLS}. */
export type MetaTools = typeof META_TOOLS[number];

/** A row of `collection`. */
export const collectionRow = z.object({
  id: z.string(),
  owner_id: z.string(),
  slug: z.string(),
  name: z.string(),
  description: z.string(),
  visibility: z.enum(VISIBILITIES),
  permissions: permissionsSchema.partial(),
  limits: limitsSchema,
  executor: keptExecutorSchema.nullable(),
  meta_tools: z.enum(META_TOOLS),
  likes: z.number(),
  revision: z.number(),
  created_at: z.date(),
  updated_at: z.date(),
});

/** {@linkcode collectionRow} read. */
export type CollectionRow = z.output<typeof collectionRow>;

/** A collection as it is shown. */
export interface CollectionView extends Required<CallDefaults> {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly visibility: Visibility;
  /** Shown to its own account only. */
  readonly executor: KeptExecutor | null;
  readonly metaTools: MetaTools;
  readonly likes: number;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What `tenant` may be shown of a collection that it may see. */
export function viewCollection(row: CollectionRow, tenant: string): CollectionView {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    description: row.description,
    visibility: row.visibility,
    permissions: row.permissions,
    limits: row.limits,
    executor: row.owner_id === tenant ? row.executor : null,
    metaTools: row.meta_tools,
    likes: row.likes,
    revision: row.revision,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** A collection as permission goes by it. */
export function collectionResource(
  row: Pick<CollectionRow, "id" | "owner_id" | "visibility">,
): Resource {
  return {
    kind: "collection",
    tenant: row.owner_id,
    visibility: row.visibility,
    collectionId: row.id,
  };
}
