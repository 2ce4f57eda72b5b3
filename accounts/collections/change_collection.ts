import type { AnySql } from "../../registry/database/database.ts";
import { newId } from "../../registry/database/new_id.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { Limits } from "../../spec/limits.ts";
import type { Permissions } from "../../spec/permissions.ts";
import { type Actor, writeAudit } from "../audit/write_audit.ts";
import { lockRoom } from "../lock_room.ts";
import { requirePermission } from "../require_permission.ts";
import { requireRevision } from "../require_revision.ts";
import {
  type CollectionRow,
  collectionRow,
  type MetaTools,
  type Visibility,
} from "./collection_record.ts";
import { lockCollection } from "./find_collection.ts";
import type { KeptExecutor } from "./kept_executor.ts";
import { slugOf } from "./slug_of.ts";

/** Most collections of one account. */
export const MAX_COLLECTIONS_PER_ACCOUNT = 500;

/** What a collection should be; what is absent stays, or is the default of a new one. */
export interface CollectionWish {
  readonly name?: string;
  readonly slug?: string;
  readonly description?: string;
  readonly visibility?: Visibility;
  readonly permissions?: Partial<Permissions>;
  readonly limits?: Partial<Limits>;
  readonly executor?: KeptExecutor | null;
  readonly metaTools?: MetaTools;
}

/**
 * Makes a collection of the caller's account.
 * @throws {AirlockError} `permission_denied`, `conflict` where the slug is taken, `resource_limit`.
 */
export async function createCollection(
  tx: AnySql,
  actor: Actor,
  wish: CollectionWish & { readonly name: string },
): Promise<CollectionRow> {
  const { caller: { tenant } } = actor;
  requirePermission(actor.caller, "write", { kind: "collection", tenant, visibility: "private" });
  await checkRoom(tx, tenant);
  const id = newId("col");
  const slug = wish.slug ?? slugOf(wish.name, id.toLowerCase().replace("_", "-"));
  const [row] = await tx`
    insert into collection (id, owner_id, slug, name, description, visibility, permissions, limits,
      executor, meta_tools)
    values (${id}, ${tenant}, ${slug}, ${wish.name}, ${wish.description ?? ""},
      ${wish.visibility ?? "private"}, ${json(wish.permissions ?? {})}::text::jsonb,
      ${json(wish.limits ?? {})}::text::jsonb, ${json(wish.executor ?? null)}::text::jsonb,
      ${wish.metaTools ?? "auto"})
    on conflict (owner_id, slug) do nothing returning *`;
  if (row === undefined) throw slugTaken(slug);
  await writeAudit(tx, actor, {
    action: "collection.created",
    subject: { kind: "collection", id },
    details: { slug, visibility: wish.visibility ?? "private" },
  });
  return read(row);
}

/** Which collection is changed. */
export interface CollectionTarget {
  readonly id: string;
  /** What the caller has seen; anything goes where absent. */
  readonly revision?: number;
}

/**
 * Changes a collection of the caller's account.
 * @throws {AirlockError} `not_found`, `permission_denied`, `precondition_failed`, `conflict`.
 */
export async function updateCollection(
  tx: AnySql,
  actor: Actor,
  { wish, ...target }: CollectionTarget & { readonly wish: CollectionWish },
): Promise<CollectionRow> {
  const before = await lockCollection(tx, actor, target);
  requireRevision(before.revision, target.revision);
  const after = { ...before, ...wish };
  const [row] = await tx`
    update collection set name = ${after.name}, slug = ${after.slug},
      description = ${after.description}, visibility = ${after.visibility},
      permissions = ${json(after.permissions)}::text::jsonb,
      limits = ${json(after.limits)}::text::jsonb,
      executor = ${json(after.executor)}::text::jsonb,
      meta_tools = ${wish.metaTools ?? before.meta_tools},
      revision = revision + 1, updated_at = now()
    where id = ${before.id} and not exists (
      select from collection as other
      where other.owner_id = ${before.owner_id} and other.slug = ${after.slug}
        and other.id <> ${before.id})
    returning *`;
  if (row === undefined) throw slugTaken(after.slug);
  await writeAudit(tx, actor, {
    tenant: before.owner_id,
    action: "collection.changed",
    subject: { kind: "collection", id: before.id },
    details: { members: Object.keys(wish), visibility: after.visibility },
  });
  return read(row);
}

/**
 * Removes a collection of the caller's account, and what is kept with it.
 * @throws {AirlockError} `not_found`, `permission_denied`, `precondition_failed`.
 */
export async function removeCollection(
  tx: AnySql,
  actor: Actor,
  { id, revision }: CollectionTarget,
): Promise<void> {
  const before = await lockCollection(tx, actor, { id });
  requireRevision(before.revision, revision);
  await tx`delete from secret where collection_id = ${id} and owner_id = ${before.owner_id}`;
  await tx`delete from collection where id = ${id}`;
  await writeAudit(tx, actor, {
    tenant: before.owner_id,
    action: "collection.removed",
    subject: { kind: "collection", id },
    details: { slug: before.slug },
  });
}

async function checkRoom(tx: AnySql, tenant: string): Promise<void> {
  await lockRoom(tx, "collection", { owner: [tenant] });
  const [found] = await tx<{ count: number }[]>`
    select count(*)::int as count from collection where owner_id = ${tenant}`;
  if (found !== undefined && found.count < MAX_COLLECTIONS_PER_ACCOUNT) return;
  throw new AirlockError(
    "resource_limit",
    `create collection: the account has ${MAX_COLLECTIONS_PER_ACCOUNT} already`,
    { stage: "request", suggestion: "Remove collections that are not used any more." },
  );
}

function read(row: unknown): CollectionRow {
  return collectionRow.parse(row);
}

/** An absent executor is SQL's null, not JSON's. */
function json(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

function slugTaken(slug: string): AirlockError {
  return new AirlockError("conflict", `name collection: the slug ${slug} is taken`, {
    stage: "request",
    suggestion: "Choose another slug.",
    details: { slug },
  });
}
