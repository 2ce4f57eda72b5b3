import type { Sql } from "../registry/database/database.ts";
import type { Caller } from "../spec/account.ts";
import type { CallGrant } from "../spec/call_grant.ts";
import type { RemoteExecutorChoice } from "../spec/executor_choice.ts";
import type { Authenticate } from "./authenticate.ts";
import type { MasterKeys } from "./secrets/master_keys.ts";
import type { SecretPlace } from "./secrets/secret_record.ts";
import type { AgentCall, CallThrough } from "./through/call_through.ts";
import type { CallableCollection } from "./through/callable_collection.ts";
import type { AgentTool } from "./through/find_agent_tool.ts";
import type { WantedExecutor } from "./through/executor_token.ts";
import type { People } from "./users/people.ts";

/** Who may call, what with, and what they keep here. Disposing writes what is noted and ends sessions' ends. */
export interface Accounts extends AsyncDisposable {
  readonly sql: Sql;
  readonly masterKeys: MasterKeys;
  readonly authenticate: Authenticate;
  /** What goes with a call of that caller through no collection. */
  grantFor(caller: Caller): Promise<CallGrant>;
  /**
   * What goes with a call of that caller through a collection, an agent, or both.
   * @throws {AirlockError} `not_found` for what the caller may not see or the agent does not use,
   * `permission_denied`, `upstream_failed`, `rate_limited`.
   */
  grantThrough(caller: Caller, through: CallThrough): Promise<CallGrant>;
  /**
   * A collection that the caller may call through, and its tools.
   * @throws {AirlockError} as {@linkcode grantThrough} does.
   */
  findCallable(
    caller: Caller,
    through: { readonly collectionId: string },
  ): Promise<CallableCollection>;
  /**
   * A tool that an agent uses, and through which collection.
   * @throws {AirlockError} as {@linkcode grantThrough} does; `tool_not_found`, `conflict`.
   */
  findAgentTool(caller: Caller, call: AgentCall): Promise<AgentTool>;
  /**
   * Ids of the collections of an agent that the caller may call through, in the agent's order.
   * @throws {AirlockError} as {@linkcode grantThrough} does.
   */
  findAgentCollections(
    caller: Caller,
    agent: Pick<AgentCall, "agentId">,
  ): Promise<readonly string[]>;
  /**
   * An executor that the caller wants to keep, with the token that it would be sent.
   * @throws {AirlockError} `permission_denied` where it has a token and the caller does not look after
   * the account's secrets, `not_found` where there is no such secret.
   */
  executorFor(caller: Caller, wanted: WantedExecutor): Promise<RemoteExecutorChoice>;
  /** Waits for a database that is opened by its first query, where it is not open. Never rejects. */
  wake(): Promise<void> | undefined;
  /** Users, sessions and organisations; loaded when first asked for. */
  people(): Promise<People>;
  /** A key was changed on this node: what it opens is asked again. */
  forgetKey(id: string): void;
  /** Somebody may have taken over the installation: whether it has an owner still is asked again. */
  forgetOwner(): void;
  /** A grant of a client ended on this node: its tokens open nothing any more. */
  forgetGrant(id: string): void;
  /** Tells of keys that were changed, on any node, until disposed. */
  watchKeys(listener: (id: string) => void): Disposable;
  /** Secrets were changed on this node. */
  forgetSecrets(place: SecretPlace): void;
  /** A collection or an agent was changed on this node. */
  forgetThrough(id: string): void;
}
