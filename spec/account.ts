import type { Limits } from "./limits.ts";
import type { Permissions } from "./permissions.ts";
import type { RateOverrides } from "./rate_limit.ts";
import type { RuntimeKind } from "./sandbox.ts";

/** What a key may be allowed to do. `admin` is for the whole installation, and holds no other scope. */
export const SCOPES = [
  "tools:read",
  "tools:execute",
  "mcp:execute",
  "bridge:connect",
  "collections:read",
  "collections:write",
  "agents:chat",
  "usage:read",
  "admin",
] as const;

/** One of {@linkcode SCOPES}. */
export type Scope = typeof SCOPES[number];

/** Plans, from the least to the most that rate limits give. */
export const TIERS = ["FREE", "PRO", "ENTERPRISE"] as const;

/** One of {@linkcode TIERS}. */
export type Tier = typeof TIERS[number];

/** The most that calls of a caller may do and use. Parts that are absent do not narrow anything. */
export interface CallCeiling {
  readonly permissions?: Permissions;
  readonly limits?: Partial<Limits>;
  readonly runtimes?: readonly RuntimeKind[];
}

/** Rate limits that a key has of its own. */
export interface KeyRates {
  readonly limits: RateOverrides;
  /** Whether they hold instead of its account's, as an admin set them, or beside those. */
  readonly replaceTier: boolean;
  /** Id of the key that rotation began with: what follows it is counted with it. */
  readonly countedAs: string;
}

/** Who asks: what authentication finds out, and all that authorisation goes by. */
export interface Caller {
  /**
   * `owner`: whoever has the machine, before there are accounts, or the holder of the one key of the
   * configuration. `key`: the holder of a key, or a client that somebody let in, whose `keyId` is the
   * id of the grant. `anonymous`: nobody that is known, who sees what is public.
   */
  readonly kind: "owner" | "user" | "key" | "anonymous";
  /** The account whose things these are: of a user or an organisation. */
  readonly tenant: string;
  readonly userId: string | null;
  readonly keyId: string | null;
  readonly scopes: ReadonlySet<Scope>;
  /** Ids of the collections that a key is held to; `null` where it is held to none. */
  readonly collections: readonly string[] | null;
  readonly ceiling: CallCeiling;
  readonly tier: Tier;
  /** Of the key itself. */
  readonly rates?: KeyRates;
  /** `/mcp` or `/mcp/{user}/{collection}`: the only path that a client which signed in may use. */
  readonly endpoint?: string;
  /**
   * Whether they may look after the account itself: its keys, its secrets, its members. Persons may,
   * keys never: who has found a key cannot make more of it.
   */
  readonly managesAccount?: boolean;
}

/** The tenant of a gateway without accounts. */
export const LOCAL_TENANT = "local";

/** The tenant of callers that nobody knows. */
export const ANONYMOUS_TENANT = "anonymous";
