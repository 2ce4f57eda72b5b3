import type { Database, DatabaseSleep } from "../registry/database/database.ts";
import type { Caller } from "../spec/account.ts";
import type { ExecutorChoice } from "../spec/executor_choice.ts";
import type { Accounts } from "./accounts.ts";
import { createAuthenticate } from "./authenticate.ts";
import { FreshCache, type FreshCacheBounds } from "./cache/fresh_cache.ts";
import { KeyUses } from "./keys/key_uses.ts";
import { readKey } from "./keys/read_keys.ts";
import { KeyVerifier } from "./keys/verify_key.ts";
import { writeKeyUses } from "./keys/write_key_uses.ts";
import { readAccessToken, TokenVerifier } from "./oauth/token_verifier.ts";
import { OwnerDoor } from "./owner_door.ts";
import { type MasterKeyBytes, MasterKeys } from "./secrets/master_keys.ts";
import { SecretReader } from "./secrets/secret_reader.ts";
import { executorFor } from "./through/executor_token.ts";
import { GrantBook } from "./through/grant_book.ts";
import type { People } from "./users/people.ts";
import type { PeopleSettings } from "./users/people_settings.ts";
import { wakeDatabase } from "./wake_database.ts";

/** What accounts are opened with. */
export interface OpenAccountsOptions {
  readonly database: Pick<Database, "sql" | "kind" | "sleep">;
  /** The one key of the configuration. */
  readonly ownerKey: string | undefined;
  /** Whether only this machine can connect. */
  readonly trustsMachine: boolean;
  readonly masterKeys: MasterKeyBytes;
  /** Where calls run that nobody says anything about; here where absent. */
  readonly executor?: ExecutorChoice;
  /** Asked for when somebody signs in. */
  readonly people: () => Promise<PeopleSettings>;
  /** Told of what failed behind the scenes, for the log. */
  readonly onFailure: (error: unknown) => void;
}

/** Bounds on remembering sessions: signing out counts within a second. */
const SESSION_BOUNDS: FreshCacheBounds = {
  maxEntries: 5_000,
  maxAbsent: 1_000,
  freshMs: 1_000,
  staleMs: 10_000,
  readTimeoutMs: 5_000,
  maxReads: 16,
  retryMs: 250,
};

/** Puts together what is known about callers. Asks the database for nothing until somebody calls. */
export function openAccounts(options: OpenAccountsOptions): Accounts {
  const { database: { sql, sleep }, onFailure } = options;
  const masterKeys = new MasterKeys(options.masterKeys);
  const secrets = new SecretReader({ sql, sleep, masterKeys, onFailure });
  const door = new OwnerDoor(options);
  const uses = new KeyUses({ write: (batch) => writeKeyUses(sql, batch), onFailure });
  const hasNobody = async () => sleep?.isAsleep() === true && await sleep.hasNobody();
  const keys = new KeyVerifier({
    read: async (id) => await hasNobody() ? null : await readKey(sql, id),
    onUse: (id) => uses.note(id),
    onFailure,
  });
  const tokens = new TokenVerifier({
    read: async (id) => await hasNobody() ? null : await readAccessToken(sql, id),
    onFailure,
  });
  const verify = (token: string) =>
    tokens.isToken(token) ? tokens.verify(token) : keys.verify(token);
  const watchers = new Set<(id: string) => void>();
  const wake = () => sleep?.isAsleep() ? wakeDatabase(sleep) : undefined;
  const { executor = { kind: "local" } } = options;
  const grants = new GrantBook({ sql, secrets, executor, onFailure });
  let opened: Promise<People> | undefined;
  const people = () => opened ??= openLater(options, { onUserCreated: () => door.recheck() });
  const sessions = new FreshCache<Caller>({
    what: "session",
    read: async (token) => await (await people()).findSession(token),
    bounds: SESSION_BOUNDS,
    nowMs: () => performance.now(),
    onFailure,
  });
  return {
    sql,
    masterKeys,
    authenticate: createAuthenticate({
      ...{ ownerKey: options.ownerKey, trustsMachine: options.trustsMachine },
      ...{ keys: { verify }, door },
      findSession: async (token) => await sessions.find(token),
      wake: sleep && (() => sleep.isAsleep() ? wakeForSomebody(sleep) : undefined),
    }),
    grantFor: (caller) => grants.grantFor(caller),
    grantThrough: (caller, through) => grants.grantFor(caller, through),
    findCallable: (caller, { collectionId }) => grants.findCollection(caller, collectionId),
    findAgentTool: (caller, call) => grants.findAgentTool(caller, call),
    findAgentCollections: (caller, agent) => grants.findAgentCollections(caller, agent),
    executorFor: (caller, wanted) => executorFor(caller, { ...wanted, secrets }),
    people,
    wake,
    forgetOwner: () => door.recheck(),
    forgetGrant: (id) => tokens.forget(id),
    forgetKey(id) {
      keys.forget(id);
      for (const listener of watchers) listener(id);
    },
    watchKeys(listener) {
      watchers.add(listener);
      return { [Symbol.dispose]: () => void watchers.delete(listener) };
    },
    forgetSecrets: (place) => secrets.forget(place),
    forgetThrough: (id) => grants.forget(id),
    [Symbol.asyncDispose]: () => uses[Symbol.asyncDispose](),
  };
}

/** Where nobody has an account, a key or a secret, nobody is looked for, and nothing is opened. */
async function wakeForSomebody(sleep: DatabaseSleep): Promise<void> {
  if (!await sleep.hasNobody()) await wakeDatabase(sleep);
}

async function openLater(
  { database: { sql }, ...options }: OpenAccountsOptions,
  hooks: { readonly onUserCreated: () => void },
): Promise<People> {
  const [{ openPeople }, settings] = await Promise.all([
    import("./users/open_people.ts"),
    options.people(),
  ]);
  return openPeople({ sql, settings, ...hooks });
}
