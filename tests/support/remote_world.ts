import assert from "node:assert/strict";
import type { Authenticate } from "../../accounts/authenticate.ts";
import { createCollection } from "../../accounts/collections/change_collection.ts";
import { openMetering } from "../../accounts/open_metering.ts";
import type { AnySql, DatabaseKind } from "../../registry/database/database.ts";
import { type Caller, SCOPES } from "../../spec/account.ts";
import type { OffersView } from "../../registry/servers/server_offers.ts";
import type { JsonObject, JsonValue } from "../../spec/json.ts";
import { AccountsWorld, type Asked, WORLD_URL } from "./accounts_world.ts";
import { userCaller } from "./callers.ts";
import { fakeGateway } from "./fake_gateway.ts";
import { upstreamPool, upstreamTools, type UpstreamToolsOptions } from "./upstream_world.ts";

/** Whose the collection is. */
export const ALICE: Caller = userCaller({ scopes: new Set(SCOPES) });

/** Of another account. */
export const BOB: Caller = userCaller({ tenant: "ten_b", scopes: new Set(SCOPES) });

/** What a gateway answered. */
export interface Answered {
  readonly status: number;
  readonly body: JsonValue;
}

/** Asks the gateway as somebody. */
export type Ask = (path: string, asked?: Asked) => Promise<Answered>;

/** A gateway over a real database that reaches servers on this machine: for tests only. */
export class RemoteWorld implements AsyncDisposable {
  private constructor(
    private readonly parts: {
      readonly stack: AsyncDisposableStack;
      readonly accountsWorld: AccountsWorld;
      readonly collectionId: string;
      readonly gatewayFor: (authenticate: Authenticate) => ReturnType<typeof fakeGateway>;
    },
  ) {}

  static async open(
    { kind, ...options }: UpstreamToolsOptions & { readonly kind?: DatabaseKind } = {},
  ): Promise<RemoteWorld> {
    await using stack = new AsyncDisposableStack();
    const accountsWorld = stack.use(await AccountsWorld.open({ kind }));
    const { accounts, database } = accountsWorld;
    const metering = stack.use(openMetering({
      ...{ database, rateStore: "memory", whenStoreIsDown: "open", onFailure: () => {} },
    }));
    const pool = stack.use(upstreamPool(upstreamTools({ allow: ["127.0.0.0/8"], ...options })));
    const gatewayFor = (authenticate: Authenticate) => {
      const gateway = fakeGateway({
        accounts: { ...accounts, authenticate },
        ...{ metering, upstreams: () => Promise.resolve(pool) },
      });
      stacked.defer(() => gateway.gate.close(0));
      return gateway;
    };
    const { id: collectionId } = await database.sql.begin((tx: AnySql) =>
      createCollection(tx, { caller: ALICE, requestId: null }, {
        ...{ name: "C", visibility: "public" },
      })
    );
    const stacked = stack.move();
    return new RemoteWorld({ stack: stacked, accountsWorld, collectionId, gatewayFor });
  }

  get accountsWorld(): AccountsWorld {
    return this.parts.accountsWorld;
  }

  /** Alice's, and seen by everybody. */
  get collectionId(): string {
    return this.parts.collectionId;
  }

  /** A gateway where everybody is that caller. */
  asking(caller: Caller): Ask {
    const { app } = this.parts.gatewayFor(() => Promise.resolve(caller));
    return async (path, { method, body, headers } = {}) => {
      const response = await app.request(`${WORLD_URL}${path}`, {
        method: method ?? (body === undefined ? "GET" : "POST"),
        headers: {
          ...(body !== undefined && { "content-type": "application/json" }),
          accept: "application/json, text/event-stream",
          authorization: "Bearer of-the-client",
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: parse(await response.text()) };
    };
  }

  /** The same for whole requests, such as those of real clients. */
  answering(caller: Caller): (request: Request) => Promise<Response> {
    const { app } = this.parts.gatewayFor(() => Promise.resolve(caller));
    return async (request) => await app.fetch(request);
  }

  /** One gateway where callers say who they are: posts messages of revision 2026-07-28. */
  answeringAs(callers: readonly Caller[]) {
    const { app } = this.parts.gatewayFor((headers) =>
      Promise.resolve(callers[Number(headers.get("x-test-caller"))]!)
    );
    return async <T>(caller: Caller, path: string, message: JsonObject): Promise<T> => {
      const params = message["params"] as { readonly name?: string } | undefined;
      const response = await app.request(`${WORLD_URL}${path}`, {
        method: "POST",
        headers: {
          ...{ "content-type": "application/json", "mcp-method": String(message["method"]) },
          ...(params?.name !== undefined && { "mcp-name": params.name }),
          accept: "application/json, text/event-stream",
          ...{ "mcp-protocol-version": "2026-07-28" },
          "x-test-caller": String(callers.indexOf(caller)),
        },
        body: JSON.stringify(message),
      });
      return read<T>(parse(await response.text()));
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.parts.stack[Symbol.asyncDispose]();
  }
}

/** JSON, the last message of a stream, or a page as it is. */
function parse(text: string): JsonValue {
  if (text.trimStart().startsWith("<")) return text;
  const last = [...text.matchAll(/^data: (\{.*)$/gm)].at(-1);
  return text === "" ? null : JSON.parse(last?.[1] ?? text);
}

/** A tool of a server, as tests look at it. */
export interface LookedTool {
  readonly name: string;
  readonly state: string;
  readonly digest: string;
  readonly offered: { readonly digest: string; readonly findings: readonly object[] } | null;
}

/** How a server was found to be. */
export interface Look {
  readonly server: {
    readonly id: string;
    readonly health: string;
    readonly transport: string | null;
  };
  readonly tools: readonly LookedTool[];
  readonly offers: OffersView;
  readonly failure: { readonly code: string; readonly error: string } | null;
  readonly stderr: string;
}

/** Adds a server to the collection. */
export async function addServer(ask: Ask, collectionId: string, wish: JsonObject): Promise<Look> {
  const { status, body } = await ask(`/api/collections/${collectionId}/servers`, { body: wish });
  assert.equal(status, 201, JSON.stringify(body));
  return read<Look>(body);
}

/** A tool as clients are told of it. */
export interface ListedOverMcp {
  readonly name: string;
  readonly description: string;
  readonly _meta: { readonly "io.airlock/tool": JsonObject };
}

/** What `tools/list` says. */
export async function listed(ask: Ask, collectionId: string): Promise<readonly ListedOverMcp[]> {
  const { body } = await rpc(ask, collectionId, { method: "tools/list" });
  return read<{ result: { tools: ListedOverMcp[] } }>(body).result.tools;
}

/** What `tools/call` says. */
export interface CalledOverMcp {
  readonly result?: {
    readonly content: readonly { readonly text: string }[];
    readonly isError?: boolean;
  };
  readonly error?: {
    readonly message: string;
    readonly data: { readonly code: string; readonly suggestion?: string };
  };
}

/** Calls a tool. */
export async function call(
  ask: Ask,
  collectionId: string,
  { name, args = {} }: { readonly name: string; readonly args?: JsonObject },
): Promise<CalledOverMcp> {
  const params = { name, arguments: args };
  const { body } = await rpc(ask, collectionId, { method: "tools/call", params });
  return read<CalledOverMcp>(body);
}

async function rpc(ask: Ask, collectionId: string, message: JsonObject): Promise<Answered> {
  return await ask(`/mcp/ten_a/${collectionId}`, { body: { jsonrpc: "2.0", id: 1, ...message } });
}

/** What tests expect of a body; they find out if it is otherwise. */
function read<T>(body: unknown): T {
  return body as T;
}

/** Waits until what is asserted is so; fails as the last try did. */
export async function settles(assertion: () => Promise<void>, withinMs = 5_000): Promise<void> {
  const end = performance.now() + withinMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
