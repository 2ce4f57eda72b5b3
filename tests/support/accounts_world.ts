import type { Accounts } from "../../accounts/accounts.ts";
import { createKey, type KeyWish, type NewKey } from "../../accounts/keys/create_key.ts";
import type { Metering } from "../../accounts/metering.ts";
import { openMetering } from "../../accounts/open_metering.ts";
import { openAccounts, type OpenAccountsOptions } from "../../accounts/open_accounts.ts";
import type { PeopleSettings } from "../../accounts/users/people_settings.ts";
import type { AnySql, Database, DatabaseKind } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import { type FakeGateway, fakeGateway, type FakeGatewayOptions } from "./fake_gateway.ts";
import { openSharedDatabase } from "./test_database.ts";

/** Where the gateway of an {@linkcode AccountsWorld} is. */
export const WORLD_URL = "http://127.0.0.1:8787";

/** Options of {@linkcode AccountsWorld.open}. */
export interface AccountsWorldOptions {
  readonly kind?: DatabaseKind;
  readonly accounts?: Partial<OpenAccountsOptions>;
  readonly people?: Partial<PeopleSettings>;
  readonly gateway?: FakeGatewayOptions;
  /** Counts and logs what accounts do. */
  readonly metered?: boolean;
}

/** What is sent to a gateway. */
export interface Asked {
  readonly method?: string;
  readonly key?: string;
  readonly cookie?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A gateway over a real database, with an executor that runs nothing: for tests only. */
export class AccountsWorld implements AsyncDisposable {
  private constructor(
    readonly database: Database,
    readonly accounts: Accounts,
    readonly gateway: FakeGateway,
    private readonly metering: Metering | undefined,
  ) {}

  static async open(options: AccountsWorldOptions = {}): Promise<AccountsWorld> {
    const database = await openSharedDatabase(options.kind);
    const accounts = openAccounts({
      database,
      ownerKey: undefined,
      trustsMachine: true,
      masterKeys: { current: new Uint8Array(32).fill(7), previous: undefined },
      people: () =>
        Promise.resolve({
          publicUrl: WORLD_URL,
          secret: "a secret of the tests, long enough to sign with",
          origins: [],
          signUp: "closed",
          providers: {},
          ...options.people,
        }),
      onFailure: () => {},
      ...options.accounts,
    });
    const metering = options.metered
      ? openMetering({
        database,
        rateStore: "memory",
        whenStoreIsDown: "open",
        onFailure: () => {},
      })
      : undefined;
    const gateway = fakeGateway({ accounts, metering, ...options.gateway });
    return new AccountsWorld(database, accounts, gateway, metering);
  }

  /** Asks the gateway; bodies are sent as JSON. */
  async ask(path: string, asked: Asked = {}): Promise<Response> {
    const { method = asked.body === undefined ? "GET" : "POST", key, cookie, body } = asked;
    return await this.gateway.app.request(`${WORLD_URL}${path}`, {
      method,
      headers: {
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(cookie !== undefined && { cookie }),
        ...asked.headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  }

  /** Makes a key for a caller, past the gateway. */
  makeKey(caller: Caller, more: Partial<KeyWish> = {}): Promise<NewKey> {
    const wish: KeyWish = {
      name: "test",
      scopes: ["tools:read", "tools:execute"],
      collections: null,
      ceiling: {},
      expiresAt: null,
      ...more,
    };
    return this.database.sql.begin((tx: AnySql) =>
      createKey(tx, { caller, requestId: null }, wish)
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.metering?.[Symbol.asyncDispose]();
    await this.accounts[Symbol.asyncDispose]();
    await this.database[Symbol.asyncDispose]();
  }
}
