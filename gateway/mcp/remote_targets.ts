import type { Accounts } from "../../accounts/accounts.ts";
import { fillHeaders, unsealHeaders } from "../../accounts/servers/server_headers.ts";
import { ownerOf } from "../../mcp/http/owner_of.ts";
import { statusOf } from "../../mcp/upstream/upstream_errors.ts";
import type { UpstreamTarget } from "../../mcp/upstream/upstream_target.ts";
import type { Caller } from "../../spec/account.ts";
import type { CallGrant } from "../../spec/call_grant.ts";
import type { McpAsking } from "../../spec/mcp_asking.ts";
import { askedToSignIn } from "../servers/asked_to_sign_in.ts";
import { BearerBook, type BearerBookOptions } from "../servers/bearer_book.ts";
import { placeOf, type RemoteServer } from "../servers/remote_server.ts";

/** A server that is reached, and what goes with it. */
export interface SentTarget {
  readonly server: RemoteServer;
  readonly grant: CallGrant;
  readonly client?: McpAsking;
}

/** Where callers are sent to reach a server, and with which credentials. */
export class RemoteTargets {
  readonly #accounts: Pick<Accounts, "masterKeys">;
  readonly #bearers: BearerBook;

  constructor(options: BearerBookOptions) {
    this.#accounts = options.accounts;
    this.#bearers = new BearerBook(options);
  }

  /** @throws {AirlockError} `sign_in_required`, `precondition_failed`, `upstream_failed`. */
  async targetOf(
    caller: Caller,
    { server, grant, client }: SentTarget,
  ): Promise<UpstreamTarget> {
    const { row, dataKey } = server;
    const { masterKeys } = this.#accounts;
    const own = fillHeaders(unsealHeaders(row, { dataKey, masterKeys }), grant.secrets);
    const headers = row.oauth ? { ...own, ...await this.#bearers.headersFor(caller, row) } : own;
    const place = placeOf(row, headers);
    // A process for each session would be too many: those of one caller are used one after the other.
    const asked = place.kind === "command" && client !== undefined
      ? { ...client, asker: ownerOf(caller), isMany: true }
      : client;
    return {
      ...{ serverId: row.id, collectionId: row.collection_id, tenant: caller.tenant, place },
      ...(asked && { client: asked }),
    };
  }

  /**
   * Where to send again what was refused before anything was done, with a renewed token.
   * @throws what it failed with, where a renewed token would not help.
   */
  async renewedTarget(
    caller: Caller,
    { target, error, ...sent }: SentTarget & {
      readonly target: UpstreamTarget;
      readonly error: unknown;
    },
  ): Promise<UpstreamTarget> {
    const { row } = sent.server;
    if (!row.oauth || statusOf(error) !== 401) throw askedToSignIn(error, row);
    await this.#bearers.renew(caller, row, { refused: bearerOf(target) });
    const renewed = await this.targetOf(caller, sent);
    if (bearerOf(renewed) === bearerOf(target)) throw askedToSignIn(error, row);
    return renewed;
  }
}

/** The token that goes with a connection. */
function bearerOf({ place }: UpstreamTarget): string {
  const { authorization = "" } = place.kind === "url" ? place.headers : {};
  return authorization.slice("Bearer ".length);
}
