import type { AnySql } from "../../registry/database/database.ts";
import { newId } from "../../registry/database/new_id.ts";
import type { Caller } from "../../spec/account.ts";
import { AirlockError } from "../../spec/errors.ts";
import { type Actor, writeAudit } from "../audit/write_audit.ts";
import { lockCollection } from "../collections/find_collection.ts";
import { requirePermission } from "../require_permission.ts";
import { requireRevision } from "../require_revision.ts";
import type { MasterKeys } from "../secrets/master_keys.ts";
import { lockServer, requireServers, type ServerTarget } from "./find_server.ts";
import { headerFacts, sealHeaders, type ServerHeaders } from "./server_headers.ts";
import { type ServerRow, serverRow } from "./server_record.ts";

/** Most servers of one collection. */
export const MAX_SERVERS_PER_COLLECTION = 100;

/** What a server should be; what is absent stays, or is the default of a new one. */
export interface ServerWish {
  readonly name?: string;
  readonly url?: string;
  readonly headers?: ServerHeaders;
  readonly allowedTools?: readonly string[] | null;
  readonly renames?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly enabled?: boolean;
}

/** A server that is to be added: behind a URL, or started by a command. */
export interface NewServer extends ServerWish {
  readonly name: string;
  readonly command?: readonly string[];
}

/** What servers are changed with. */
export interface ServerChangeTools {
  readonly masterKeys: MasterKeys;
}

/**
 * Adds a server to a collection of the caller's account.
 * @throws {AirlockError} `not_found`, `permission_denied`, `conflict` where the name is taken,
 * `resource_limit`.
 */
export async function addServer(
  tx: AnySql,
  actor: Actor,
  { collectionId, wish, masterKeys }: ServerChangeTools & {
    readonly collectionId: string;
    readonly wish: NewServer;
  },
): Promise<ServerRow> {
  const { caller } = actor;
  const { id, ownerId: tenant } = await requireServers(tx, caller, {
    ...{ collectionId, action: "write" },
  });
  await lockCollection(tx, actor, { id });
  await checkRoom(tx, id);
  const { headers = {}, url = null, command = null } = wish;
  if (Object.keys(headers).length > 0) requireSecrets(caller, tenant);
  const serverId = newId("srv");
  const sealed = await sealHeaders(tx, headers, { tenant, serverId, masterKeys });
  const facts = headerFacts(headers);
  const [row] = await tx`
    insert into mcp_server (id, collection_id, owner_id, name, url, command, headers, header_names,
      secret_names, allowed_tools, renames, timeout_ms, enabled)
    values (${serverId}, ${id}, ${tenant}, ${wish.name}, ${url}, ${json(command)}::text::jsonb,
      ${sealed}, ${[...facts.names]}, ${[...facts.secrets]},
      ${list(wish.allowedTools)}, ${json(wish.renames ?? {})}::text::jsonb,
      ${wish.timeoutMs ?? 60_000}, ${wish.enabled ?? true})
    on conflict (collection_id, name) do nothing returning *`;
  if (row === undefined) throw nameTaken(wish.name);
  await writeAudit(tx, actor, {
    ...{ tenant, action: "server.added", subject: { kind: "server", id: serverId } },
    details: { collection: id, name: wish.name, headers: [...facts.names] },
  });
  return serverRow.parse(row);
}

/**
 * Changes a server of the caller's account. Where it is cannot be changed with its headers kept, unless
 * by whoever looks after the account's secrets: they would be sent to somebody else.
 * @throws {AirlockError} `not_found`, `permission_denied`, `precondition_failed`, `conflict`,
 * `invalid_input`.
 */
export async function updateServer(
  tx: AnySql,
  actor: Actor,
  { wish, revision, masterKeys, ...target }: ServerChangeTools & ServerTarget & {
    readonly wish: ServerWish;
    readonly revision?: number;
  },
): Promise<ServerRow> {
  const before = await lockServer(tx, actor, target);
  requireRevision(before.revision, revision);
  const { id, owner_id: tenant } = before;
  if (wish.url !== undefined && before.url === null) throw hasCommand("a URL");
  if (wish.headers !== undefined && before.url === null) throw hasCommand("headers");
  const moves = wish.url !== undefined && wish.url !== before.url;
  if (wish.headers !== undefined || (moves && before.headers !== null)) {
    requireSecrets(actor.caller, tenant);
  }
  const facts = wish.headers === undefined ? undefined : headerFacts(wish.headers);
  const sealed = wish.headers === undefined
    ? before.headers
    : await sealHeaders(tx, wish.headers, { tenant, serverId: id, masterKeys });
  const name = wish.name ?? before.name;
  const allowed = wish.allowedTools === undefined ? before.allowed_tools : wish.allowedTools;
  const [row] = await tx`
    update mcp_server set name = ${name}, url = ${wish.url ?? before.url}, headers = ${sealed},
      header_names = ${[...facts?.names ?? before.header_names]},
      secret_names = ${[...facts?.secrets ?? before.secret_names]},
      allowed_tools = ${list(allowed)},
      renames = ${json(wish.renames ?? before.renames)}::text::jsonb,
      timeout_ms = ${wish.timeoutMs ?? before.timeout_ms},
      enabled = ${wish.enabled ?? before.enabled},
      transport = ${moves ? null : before.transport},
      oauth = ${moves ? false : before.oauth},
      health = ${moves ? "unknown" : before.health},
      revision = revision + 1, updated_at = now()
    where id = ${id} and not exists (
      select from mcp_server as other where other.collection_id = ${before.collection_id}
        and other.name = ${name} and other.id <> ${id})
    returning *`;
  if (row === undefined) throw nameTaken(name);
  await writeAudit(tx, actor, {
    ...{ tenant, action: "server.changed", subject: { kind: "server", id } },
    details: { members: Object.keys(wish), moved: moves },
  });
  return serverRow.parse(row);
}

/**
 * Takes a server out of its collection, with its tools.
 * @throws {AirlockError} `not_found`, `permission_denied`.
 */
export async function removeServer(
  tx: AnySql,
  actor: Actor,
  target: ServerTarget,
): Promise<ServerRow> {
  const before = await lockServer(tx, actor, target);
  await tx`delete from mcp_server where id = ${before.id}`;
  await writeAudit(tx, actor, {
    ...{ tenant: before.owner_id, action: "server.removed" },
    subject: { kind: "server", id: before.id },
    details: { collection: before.collection_id, name: before.name },
  });
  return before;
}

/** Headers hold credentials, or send those of the account where they say. */
function requireSecrets(caller: Caller, tenant: string): void {
  requirePermission(caller, "write", { kind: "secret", tenant, visibility: "private" });
}

async function checkRoom(tx: AnySql, collectionId: string): Promise<void> {
  const [found] = await tx<{ count: number }[]>`
    select count(*)::int as count from mcp_server where collection_id = ${collectionId}`;
  if (found !== undefined && found.count < MAX_SERVERS_PER_COLLECTION) return;
  throw new AirlockError(
    "resource_limit",
    `add server: the collection has ${MAX_SERVERS_PER_COLLECTION} already`,
    { stage: "request", suggestion: "Begin another collection." },
  );
}

function json(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

function list(names: readonly string[] | null | undefined): string[] | null {
  return names === null || names === undefined ? null : [...names];
}

function nameTaken(name: string): AirlockError {
  return new AirlockError("conflict", `name server: the collection has one called ${name}`, {
    stage: "request",
    suggestion: "Choose another name.",
    details: { name },
  });
}

function hasCommand(what: string): AirlockError {
  return new AirlockError("invalid_input", `change server: it has a command, and so not ${what}`, {
    stage: "request",
    suggestion: "Remove it, and add one that is reached by URL.",
  });
}
