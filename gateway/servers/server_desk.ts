import type { Accounts } from "../../accounts/accounts.ts";
import { type Actor, writeAudit } from "../../accounts/audit/write_audit.ts";
import { addServer, type NewServer } from "../../accounts/servers/change_server.ts";
import { findServer, lockServer, type ServerTarget } from "../../accounts/servers/find_server.ts";
import { fillHeaders, openHeaders } from "../../accounts/servers/server_headers.ts";
import type { ServerRow } from "../../accounts/servers/server_record.ts";
import { serverRow } from "../../accounts/servers/server_record.ts";
import type { UpstreamPool } from "../../mcp/upstream/upstream_pool.ts";
import type { AnySql } from "../../registry/database/database.ts";
import { type AcceptedTool, acceptTools } from "../../registry/servers/accept_tools.ts";
import { readServerTools } from "../../registry/servers/read_server_tools.ts";
import { type OffersView, readOffers, viewOffers } from "../../registry/servers/server_offers.ts";
import { type ServerToolView, viewServerTool } from "../../registry/servers/server_tool.ts";
import type { Caller } from "../../spec/account.ts";
import type { AirlockError } from "../../spec/errors.ts";
import { askedToSignIn } from "./asked_to_sign_in.ts";
import { BearerBook } from "./bearer_book.ts";
import { placeOf } from "./remote_server.ts";
import { takeFailure, takeListing } from "./server_listings.ts";

/** What a {@linkcode ServerDesk} works with. */
export interface ServerDeskOptions {
  readonly accounts: Pick<Accounts, "sql" | "masterKeys" | "grantThrough">;
  readonly upstreams: () => Promise<UpstreamPool>;
}

/** How a server was found to be. */
export interface ServerLook {
  readonly row: ServerRow;
  readonly tools: readonly ServerToolView[];
  /** What it offers beside them, as it listed it last. */
  readonly offers: OffersView;
  /** `null` where it answered. */
  readonly failure: AirlockError | null;
  /** The end of what a server that is started here wrote to stderr. */
  readonly stderr: string;
}

/** Adds, looks at and approves other servers, for those who may: every method authorises. */
export class ServerDesk {
  readonly #options: ServerDeskOptions;
  readonly #bearers: BearerBook;

  constructor(options: ServerDeskOptions) {
    this.#options = options;
    // What is looked at is told by whoever looks.
    this.#bearers = new BearerBook({ ...options, onFailure: () => {} });
  }

  /**
   * Adds a server and looks at it. One that does not answer is kept, and asked again later.
   * @throws {AirlockError} as `addServer` does; `permission_denied` for a place that must not be
   * connected to.
   */
  async add(
    actor: Actor,
    { collectionId, wish }: { readonly collectionId: string; readonly wish: NewServer },
  ): Promise<ServerLook> {
    const { accounts: { sql, masterKeys }, upstreams } = this.#options;
    const { url = null, command = null } = wish;
    const parts = { url, command: command === null ? null : [...command], transport: null };
    const row = await sql.begin(async (tx: AnySql) => {
      const added = await addServer(tx, actor, { collectionId, wish, masterKeys });
      // After it is known that the caller may add one: what the operator allows is nobody else's business.
      (await upstreams()).check(placeOf(parts, {}));
      return added;
    });
    return await this.#look(actor.caller, row);
  }

  /**
   * Connects to a server anew and lists its tools.
   * @throws {AirlockError} `not_found`, `permission_denied`.
   */
  async test(actor: Actor, target: ServerTarget): Promise<ServerLook> {
    const { accounts: { sql } } = this.#options;
    const row = await sql.begin((tx: AnySql) => lockServer(tx, actor, target));
    return await this.#look(actor.caller, row);
  }

  /** Looks at a server that somebody has just signed in to. */
  async lookSignedIn({ caller }: Actor, row: ServerRow): Promise<ServerLook> {
    return await this.#look(caller, row);
  }

  /** A server and its tools, as they are kept. */
  async show(caller: Caller, target: ServerTarget): Promise<Pick<ServerLook, "row" | "tools">> {
    const { accounts: { sql } } = this.#options;
    const row = await findServer(sql, caller, target);
    return { row, tools: (await readServerTools(sql, [row.id])).map(viewServerTool) };
  }

  /**
   * Approves definitions that wait, by their digests.
   * @throws {AirlockError} `not_found`, `permission_denied`, `precondition_failed`.
   */
  async accept(
    actor: Actor,
    { tools, ...target }: ServerTarget & { readonly tools: readonly AcceptedTool[] },
  ): Promise<Pick<ServerLook, "row" | "tools">> {
    const { accounts: { sql } } = this.#options;
    await sql.begin(async (tx: AnySql) => {
      const row = await lockServer(tx, actor, target);
      await acceptTools(tx, row.id, { tools });
      await writeAudit(tx, actor, {
        ...{ tenant: row.owner_id, action: "server.accepted" },
        subject: { kind: "server", id: row.id },
        details: { tools: tools.map(({ name, digest }) => ({ name, digest })) },
      });
    });
    return await this.show(actor.caller, target);
  }

  async #look(caller: Caller, row: ServerRow): Promise<ServerLook> {
    const { accounts: { sql, masterKeys, grantThrough }, upstreams } = this.#options;
    const { id: serverId, collection_id: collectionId } = row;
    // Whoever may not make calls with them does not send them either.
    const secrets = row.secret_names.length === 0
      ? undefined
      : (await grantThrough(caller, { collectionId, action: "execute" })).secrets;
    let failure: AirlockError | null = null;
    let stderr = () => "";
    try {
      const own = fillHeaders(await openHeaders(sql, row, { masterKeys }), secrets);
      const headers = { ...own, ...await this.#bearers.headersFor(caller, row) };
      const attempt = (await upstreams()).attempt({ ...placeOf(row, headers) });
      stderr = attempt.stderr;
      await using upstream = await attempt.upstream;
      await takeListing(sql, upstream, { serverId });
    } catch (error) {
      failure = await takeFailure(sql, askedToSignIn(error, row), { serverId });
    }
    const [now] = await sql`select * from mcp_server where id = ${serverId}`;
    const tools = (await readServerTools(sql, [serverId])).map(viewServerTool);
    const offers = viewOffers(await readOffers(sql, serverId));
    const after = now === undefined ? row : serverRow.parse(now);
    return { row: after, tools, offers, failure, stderr: stderr() };
  }
}
