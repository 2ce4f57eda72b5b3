import type { Scope } from "../spec/account.ts";

/** Kinds of things that belong to somebody. */
export const RESOURCE_KINDS = [
  "tool",
  "collection",
  "agent",
  "secret",
  "key",
  "pin",
  "server",
  "log",
  "usage",
  "package",
  "system",
] as const;

/** One of {@linkcode RESOURCE_KINDS}. */
export type ResourceKind = typeof RESOURCE_KINDS[number];

/** What can be done with a thing. `execute-mcp` is a call that comes by MCP. */
export const ACTIONS = ["read", "write", "execute", "execute-mcp", "chat", "connect"] as const;

/** One of {@linkcode ACTIONS}. */
export type Action = typeof ACTIONS[number];

/** What is asked for, as far as permission goes by it. */
export interface Resource {
  readonly kind: ResourceKind;
  /** Account that it belongs to; `null` where it is nobody's, as packages of the registry are. */
  readonly tenant: string | null;
  readonly visibility: "public" | "private";
  /** The collection that it is, or that it is reached through. */
  readonly collectionId?: string;
}

/** What an action needs: a scope; `account`: looking after the account; `nobody`: it is never done. */
export type Need = Scope | "account" | "nobody";

/** Kinds that others may see where they are public; all others are seen by their account only. */
export const SHAREABLE_KINDS: ReadonlySet<ResourceKind> = new Set([
  "tool",
  "collection",
  "agent",
  "package",
]);

/** What may be done with public things of others. */
export const SHARED_ACTIONS: ReadonlySet<Action> = new Set([
  "read",
  "execute",
  "execute-mcp",
  "chat",
]);

type Row = Readonly<Partial<Record<Action, Need>>>;

const TABLE: Readonly<Record<ResourceKind, Row>> = {
  tool: {
    read: "tools:read",
    write: "collections:write",
    execute: "tools:execute",
    "execute-mcp": "mcp:execute",
  },
  collection: {
    read: "collections:read",
    write: "collections:write",
    execute: "tools:execute",
    "execute-mcp": "mcp:execute",
  },
  agent: { read: "collections:read", write: "collections:write", chat: "agents:chat" },
  secret: { read: "account", write: "account" },
  key: { read: "account", write: "account" },
  pin: { read: "collections:read", write: "collections:write" },
  server: { read: "collections:read", write: "collections:write" },
  log: { read: "usage:read" },
  usage: { read: "usage:read" },
  package: { read: "tools:read", write: "admin" },
  system: { read: "admin", write: "admin", connect: "bridge:connect" },
};

/** What doing `action` with a thing of that kind needs. */
export function needOf(kind: ResourceKind, action: Action): Need {
  return TABLE[kind][action] ?? "nobody";
}
