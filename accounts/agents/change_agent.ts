import type { AnySql } from "../../registry/database/database.ts";
import { newId } from "../../registry/database/new_id.ts";
import { AirlockError } from "../../spec/errors.ts";
import { type Actor, writeAudit } from "../audit/write_audit.ts";
import type { Visibility } from "../collections/collection_record.ts";
import type { KeptExecutor } from "../collections/kept_executor.ts";
import { slugOf } from "../collections/slug_of.ts";
import { lockRoom } from "../lock_room.ts";
import { notFound, requirePermission } from "../require_permission.ts";
import { requireRevision } from "../require_revision.ts";
import { agentResource, type AgentRow, agentRow } from "./agent_record.ts";
import { findAgent } from "./find_agent.ts";
import { setAgentUses } from "./set_agent_uses.ts";

/** Most agents of one account. */
export const MAX_AGENTS_PER_ACCOUNT = 500;

/** What an agent should be; what is absent stays, or is the default of a new one. */
export interface AgentWish {
  readonly name?: string;
  readonly slug?: string;
  readonly description?: string;
  readonly visibility?: Visibility;
  readonly instructions?: string;
  readonly model?: string;
  readonly executor?: KeptExecutor | null;
  /** All that it uses, in order. */
  readonly collectionIds?: readonly string[];
  readonly toolIds?: readonly string[];
}

/**
 * Makes an agent of the caller's account.
 * @throws {AirlockError} `permission_denied`, `not_found` and `tool_not_found` for what it should use
 * and the caller may not see, `conflict` where the slug is taken, `resource_limit`.
 */
export async function createAgent(
  tx: AnySql,
  actor: Actor,
  wish: AgentWish & { readonly name: string },
): Promise<AgentRow> {
  const { caller } = actor;
  const { tenant } = caller;
  requirePermission(caller, "write", { kind: "agent", tenant, visibility: "private" });
  await checkRoom(tx, tenant);
  const id = newId("agt");
  const slug = wish.slug ?? slugOf(wish.name, id.toLowerCase().replace("_", "-"));
  const { count } = await tx`
    insert into agent (id, owner_id, slug, name, description, visibility, instructions, model,
      executor)
    values (${id}, ${tenant}, ${slug}, ${wish.name}, ${wish.description ?? ""},
      ${wish.visibility ?? "private"}, ${wish.instructions ?? ""}, ${wish.model ?? ""},
      ${json(wish.executor ?? null)}::text::jsonb)
    on conflict (owner_id, slug) do nothing`;
  if (count === 0) throw slugTaken(slug);
  await setAgentUses(tx, caller, { id, ...wish });
  await writeAudit(tx, actor, {
    action: "agent.created",
    subject: { kind: "agent", id },
    details: { slug, visibility: wish.visibility ?? "private" },
  });
  return await findAgent(tx, caller, { name: id });
}

/** Which agent is changed. */
export interface AgentTarget {
  readonly id: string;
  /** What the caller has seen; anything goes where absent. */
  readonly revision?: number;
}

/**
 * Changes an agent of the caller's account.
 * @throws {AirlockError} as making one does; `precondition_failed`.
 */
export async function updateAgent(
  tx: AnySql,
  actor: Actor,
  { wish, ...target }: AgentTarget & { readonly wish: AgentWish },
): Promise<AgentRow> {
  const before = await lockAgent(tx, actor, target);
  const after = { ...before, ...wish };
  const { count } = await tx`
    update agent set name = ${after.name}, slug = ${after.slug},
      description = ${after.description}, visibility = ${after.visibility},
      instructions = ${after.instructions}, model = ${after.model},
      executor = ${json(after.executor)}::text::jsonb,
      revision = revision + 1, updated_at = now()
    where id = ${before.id} and not exists (
      select from agent as other
      where other.owner_id = ${before.owner_id} and other.slug = ${after.slug}
        and other.id <> ${before.id})`;
  if (count === 0) throw slugTaken(after.slug);
  await setAgentUses(tx, actor.caller, { id: before.id, ...wish });
  await writeAudit(tx, actor, {
    tenant: before.owner_id,
    action: "agent.changed",
    subject: { kind: "agent", id: before.id },
    details: { members: Object.keys(wish), visibility: after.visibility },
  });
  return await findAgent(tx, actor.caller, { name: before.id });
}

/**
 * Removes an agent of the caller's account.
 * @throws {AirlockError} `not_found`, `permission_denied`, `precondition_failed`.
 */
export async function removeAgent(
  tx: AnySql,
  actor: Actor,
  target: AgentTarget,
): Promise<void> {
  const before = await lockAgent(tx, actor, target);
  await tx`delete from agent where id = ${before.id}`;
  await writeAudit(tx, actor, {
    tenant: before.owner_id,
    action: "agent.removed",
    subject: { kind: "agent", id: before.id },
    details: { slug: before.slug },
  });
}

/** The agent, and nobody else changes it until the transaction ends. */
async function lockAgent(
  tx: AnySql,
  { caller }: Actor,
  { id, revision }: AgentTarget,
): Promise<AgentRow> {
  const [row] = await tx`
    select *, '{}'::text[] as collection_ids, '{}'::text[] as tool_ids
    from agent where id = ${id} for update`;
  if (row === undefined) throw notFound("agent");
  const found = agentRow.parse(row);
  requirePermission(caller, "write", agentResource(found));
  requireRevision(found.revision, revision);
  return found;
}

async function checkRoom(tx: AnySql, tenant: string): Promise<void> {
  await lockRoom(tx, "agent", { owner: [tenant] });
  const [found] = await tx<{ count: number }[]>`
    select count(*)::int as count from agent where owner_id = ${tenant}`;
  if (found !== undefined && found.count < MAX_AGENTS_PER_ACCOUNT) return;
  throw new AirlockError(
    "resource_limit",
    `create agent: the account has ${MAX_AGENTS_PER_ACCOUNT} already`,
    { stage: "request", suggestion: "Remove agents that are not used any more." },
  );
}

/** An absent executor is SQL's null, not JSON's. */
function json(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

function slugTaken(slug: string): AirlockError {
  return new AirlockError("conflict", `name agent: the slug ${slug} is taken`, {
    stage: "request",
    suggestion: "Choose another slug.",
    details: { slug },
  });
}
