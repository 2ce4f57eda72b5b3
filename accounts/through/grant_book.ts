import type { AnySql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import type { CallGrant } from "../../spec/call_grant.ts";
import type { ExecutorChoice } from "../../spec/executor_choice.ts";
import { FreshCache, type FreshCacheBounds } from "../cache/fresh_cache.ts";
import { chooseExecutor } from "../choose_executor.ts";
import type { KeptExecutor } from "../collections/kept_executor.ts";
import { TIER_CONCURRENCY } from "../limits/tier_limits.ts";
import { notFound, requirePermission } from "../require_permission.ts";
import { keptSecrets } from "../secrets/kept_secrets.ts";
import type { SecretReader } from "../secrets/secret_reader.ts";
import type { SecretPlace } from "../secrets/secret_record.ts";
import { isVisible } from "../authorise.ts";
import type { AgentCall, CallThrough } from "./call_through.ts";
import { type CallableAgent, readCallableAgent } from "./callable_agent.ts";
import { type AgentTool, findAgentTool } from "./find_agent_tool.ts";
import { type CallableCollection, readCallableCollection } from "./callable_collection.ts";

/** Bounds on remembering what calls go through: changed on another node, it counts within a second. */
export const THROUGH_BOUNDS: FreshCacheBounds = {
  maxEntries: 500,
  maxAbsent: 1_000,
  freshMs: 1_000,
  staleMs: 60_000,
  readTimeoutMs: 2_000,
  maxReads: 16,
  retryMs: 250,
};

/** Options of {@linkcode GrantBook}. */
export interface GrantBookOptions {
  readonly sql: AnySql;
  readonly secrets: Pick<SecretReader, "sealedIn">;
  /** Where calls run that nobody says anything about. */
  readonly executor: ExecutorChoice;
  readonly onFailure: (error: unknown) => void;
}

/**
 * Finds out what goes with a call, by who calls and through what: from memory as long as it is in use.
 * What an account keeps, its secrets and its executors, goes with that account's calls only.
 */
export class GrantBook {
  readonly #options: GrantBookOptions;
  readonly #collections: FreshCache<CallableCollection>;
  readonly #agents: FreshCache<CallableAgent>;

  constructor(options: GrantBookOptions) {
    this.#options = options;
    const { sql, onFailure } = options;
    const common = { bounds: THROUGH_BOUNDS, nowMs: () => performance.now(), onFailure };
    this.#collections = new FreshCache({
      ...common,
      what: "collection",
      read: (id) => readCallableCollection(sql, id),
    });
    this.#agents = new FreshCache({
      ...common,
      what: "agent",
      read: (id) => readCallableAgent(sql, id),
    });
  }

  /**
   * A collection that the caller may call through.
   * @throws {AirlockError} `not_found`, `permission_denied`, `upstream_failed`, `rate_limited`.
   */
  async findCollection(
    caller: Caller,
    id: string,
    { action = "execute" }: Pick<CallThrough, "action"> = {},
  ): Promise<CallableCollection> {
    const collection = await this.#collections.find(id);
    if (collection === null) throw notFound("collection");
    const { ownerId: tenant, visibility } = collection;
    requirePermission(caller, action, {
      ...{ kind: "collection", tenant, visibility, collectionId: id },
    });
    return collection;
  }

  /**
   * What goes with a call.
   * @throws {AirlockError} as finding the collection does; the same for the agent.
   */
  async grantFor(
    caller: Caller,
    { collectionId, agentId, action }: CallThrough = {},
  ): Promise<CallGrant> {
    const agent = agentId === undefined ? null : await this.#findAgent(caller, agentId);
    const isUsed = collectionId === undefined || agent === null ||
      agent.collectionIds.includes(collectionId);
    if (!isUsed) throw notFound("collection");
    const collection = collectionId === undefined
      ? null
      : await this.findCollection(caller, collectionId, { action });
    const { ceiling, kind, tenant, tier } = caller;
    const isOwn = (thing: { readonly ownerId: string } | null) =>
      kind !== "anonymous" && thing?.ownerId === tenant;
    const places: SecretPlace[] = kind === "anonymous" ? [] : [{ tenant, collectionId: null }];
    if (collectionId !== undefined && isOwn(collection)) places.push({ tenant, collectionId });
    const kept = places.length === 0 ? {} : await keptSecrets(this.#options.secrets, places);
    const executorOf = (thing: CallableCollection | CallableAgent | null): KeptExecutor | null =>
      isOwn(thing) ? thing!.executor : null;
    return {
      ceiling,
      defaults: collection?.defaults,
      concurrentCalls: kind === "owner" ? undefined : TIER_CONCURRENCY[tier],
      ...kept,
      executor: chooseExecutor({
        agent: executorOf(agent),
        collection: executorOf(collection),
        system: this.#options.executor,
        secrets: kept.secrets,
      }),
    };
  }

  /**
   * The tool that the caller means among those that an agent uses, as far as it may call them.
   * @throws {AirlockError} `not_found`, `tool_not_found`, `conflict`, `permission_denied`,
   * `upstream_failed`, `rate_limited`.
   */
  async findAgentTool(caller: Caller, { agentId, tool }: AgentCall): Promise<AgentTool> {
    const agent = await this.#findAgent(caller, agentId);
    const collections = await this.#collectionsOf(caller, agent);
    return findAgentTool(caller, { agent, collections, tool });
  }

  /**
   * Ids of the collections of an agent that the caller may call through, in the agent's order.
   * @throws {AirlockError} `not_found`, `permission_denied`, `upstream_failed`, `rate_limited`.
   */
  async findAgentCollections(
    caller: Caller,
    { agentId }: Pick<AgentCall, "agentId">,
  ): Promise<readonly string[]> {
    const agent = await this.#findAgent(caller, agentId);
    return (await this.#collectionsOf(caller, agent)).map(({ id }) => id);
  }

  async #collectionsOf(
    caller: Caller,
    agent: CallableAgent,
  ): Promise<readonly CallableCollection[]> {
    const collections: CallableCollection[] = [];
    for (const id of agent.collectionIds) {
      const found = await this.#collections.find(id);
      if (found === null) continue;
      const { ownerId: tenant, visibility } = found;
      // What the agent's owner sees of others, and the caller does not, is not there.
      const resource = { kind: "collection", tenant, visibility, collectionId: id } as const;
      if (isVisible(caller, resource)) collections.push(await this.findCollection(caller, id));
    }
    return collections;
  }

  /** Forgets a collection or an agent because it changed on this node. */
  forget(id: string): void {
    this.#collections.drop(id);
    this.#agents.drop(id);
  }

  async #findAgent(caller: Caller, id: string): Promise<CallableAgent> {
    const agent = await this.#agents.find(id);
    if (agent === null) throw notFound("agent");
    const { ownerId: tenant, visibility } = agent;
    requirePermission(caller, "chat", { kind: "agent", tenant, visibility });
    return agent;
  }
}
