import type { Accounts } from "../../accounts/accounts.ts";
import type { Metering } from "../../accounts/metering.ts";
import { ParkedCalls } from "../../mcp/asking/parked_calls.ts";
import { Library } from "../../mcp/library/library.ts";
import { NameBook } from "../../mcp/names/name_book.ts";
import type { McpServerTools } from "../../mcp/server/create_mcp_server.ts";
import type { McpPart } from "../../mcp/server/mcp_part.ts";
import { Toolbox } from "../../mcp/toolbox.ts";
import type { UpstreamPool } from "../../mcp/upstream/upstream_pool.ts";
import type { Caller } from "../../spec/account.ts";
import type { Executor } from "../../spec/execution.ts";
import type { McpLibrary } from "../../spec/mcp_library.ts";
import type { McpSource } from "../../spec/mcp_source.ts";
import type { CallPins } from "../call_pins.ts";
import { ListChanges } from "./list_changes.ts";
import type { CollectionPath, McpCollection } from "./mcp_collection.ts";
import { McpCollections } from "./mcp_collections.ts";
import { ChangeDesk } from "./change_desk.ts";
import { RemoteLibrary } from "./remote_library.ts";
import { RemoteReach } from "./remote_reach.ts";
import { RemoteSource } from "./remote_source.ts";
import { SandboxSource, type SandboxSourceOptions } from "./sandbox_source.ts";

/** What serving MCP is made of. */
export interface McpDeskOptions {
  readonly accounts: Pick<Accounts, "sql" | "masterKeys" | "grantThrough">;
  readonly metering?: Pick<Metering, "originOf">;
  readonly executor: Executor;
  readonly pins: CallPins;
  /** Connections to other servers, opened by the first call of a tool of one. */
  readonly upstreams: () => Promise<UpstreamPool>;
  /** Told which collections are others; absent where nobody hears of it. */
  readonly lists?: ListChanges;
  /** Where tools come from beside our sandboxes and other servers. */
  readonly sources?: readonly McpSource[];
  /** Where resources and prompts come from beside other servers. */
  readonly libraries?: readonly McpLibrary[];
  /** Aborts when calls that still run must stop. */
  readonly stop: AbortSignal;
  readonly version: string;
  /** Told of what failed behind the scenes, for the log. */
  readonly onFailure: (error: unknown, requestId?: string) => void;
}

/** What is served over MCP, whatever the transport. */
export interface McpDesk {
  readonly tools: McpServerTools;
  /**
   * What a path names, for a caller that may call through it.
   * @throws {AirlockError} `not_found`, `permission_denied`, `upstream_failed`, `rate_limited`.
   */
  partAt(caller: Caller, path: CollectionPath): Promise<McpPart>;
  /**
   * The same by id.
   * @throws {AirlockError} as {@linkcode partAt} does.
   */
  partOf(caller: Caller, collectionId: string): Promise<McpPart>;
  /** Everything of the caller's account that the caller may call. */
  everything(caller: Caller): McpPart;
}

/** Makes an {@linkcode McpDesk}. Asks the database for nothing until somebody is served. */
export function createMcpDesk(options: McpDeskOptions): McpDesk {
  const { accounts, metering, executor, upstreams, pins, stop, version, onFailure } = options;
  const collections = new McpCollections(accounts.sql, onFailure);
  const names = new NameBook(accounts.sql);
  const calls: Omit<SandboxSourceOptions, "pins"> = {
    ...{ collections, executor, stop },
    grantThrough: (caller, { id: collectionId }) =>
      accounts.grantThrough(caller, { collectionId, action: "execute-mcp" }),
    originOf: async (caller, { id: collectionId }) =>
      await metering?.originOf(caller, "mcp", { collectionId }),
  };
  const sandboxes = new SandboxSource({ ...calls, pins });
  const reach = new RemoteReach({
    ...{ ...calls, accounts, upstreams, onFailure },
    onChanged: (collectionId) => lists.tell(collectionId),
    onServerChange: (target, change) => changes.serverChanged(target, change),
  });
  const changes = new ChangeDesk({ reach, collections, stop });
  const { lists = new ListChanges() } = options;
  lists.onChanged = (collectionId) => changes.listsChanged(collectionId);
  const others = new RemoteSource({ ...calls, reach });
  const library = new Library([
    new RemoteLibrary({ ...calls, reach, sql: accounts.sql, onFailure }),
    ...options.libraries ?? [],
  ]);
  const toolbox = new Toolbox({
    sources: [sandboxes, others, ...options.sources ?? []],
    namesOf: (scope, tools) => names.namesOf(scope, tools),
  });
  return {
    tools: {
      ...{ toolbox, library, changes, version, onUnexpected: onFailure },
      parked: new ParkedCalls(),
    },
    partAt: async (caller, path) => partOf(caller, await collections.at(caller, path)),
    partOf: async (caller, id) => partOf(caller, await collections.byId(caller, id)),
    everything: (caller) => ({
      audience: { caller, collectionId: null },
      title: "Airlock",
      description: "",
      metaTools: "auto",
    }),
  };
}

function partOf(caller: Caller, collection: McpCollection): McpPart {
  const { id: collectionId, name: title, description, metaTools } = collection;
  return { audience: { caller, collectionId }, title, description, metaTools };
}
