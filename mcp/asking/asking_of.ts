import {
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequiredResult,
  type Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { createHash } from "node:crypto";
import { canonicalJson } from "../../spec/canonical_json.ts";
import { isJsonObject, type JsonObject } from "../../spec/json.ts";
import type { McpAbility, McpAsking, McpQuestion } from "../../spec/mcp_asking.ts";
import { abilitiesOf } from "./client_abilities.ts";
import type { ParkedCalls } from "./parked_calls.ts";

/** How a client of a session without a connection is asked. */
export interface SessionAsking {
  readonly abilities: readonly McpAbility[];
  readonly ask: (
    question: McpQuestion,
    how: {
      readonly context: ServerContext;
      readonly signal: AbortSignal;
      readonly server: Server;
    },
  ) => Promise<JsonObject>;
}

/** Who serves a request. */
export interface AskingHost {
  readonly server: Server;
  /** Whoever calls; see `ownerOf`. */
  readonly owner: string;
  /** Names the connection or the session. */
  readonly connection: string;
  readonly parked: ParkedCalls;
  /** Absent where the server has a connection of its own to the client. */
  readonly session?: SessionAsking;
}

/** What is done for a client that can be asked, or for one that cannot, and who listens at the time. */
export type AskingWork<T, L> = (
  client: McpAsking | undefined,
  signal: AbortSignal,
  listener: () => L,
) => Promise<T>;

/**
 * Does what a request is about, with a way to ask its client meanwhile: over its session or connection,
 * or by answering with the questions where the protocol has no other way.
 */
export async function workAsking<T, L = undefined>(
  params: JsonObject,
  context: ServerContext,
  { host, listener, work }: {
    readonly host: AskingHost;
    readonly listener: L;
    readonly work: AskingWork<T, L>;
  },
): Promise<T | InputRequiredResult> {
  const { mcpReq } = context;
  const { owner, connection, parked } = host;
  const { envelope, signal } = mcpReq;
  if (envelope === undefined) {
    const asking = pushing(context, host);
    if (asking.abilities.length === 0) return await work(undefined, signal, () => listener);
    const client = { ...asking, ...askerOf({ owner, connection }) };
    return await work(client, signal, () => listener);
  }
  const abilities = abilitiesOf((envelope as JsonObject)[CLIENT_CAPABILITIES_META_KEY]);
  if (abilities.length === 0) return await work(undefined, signal, () => listener);
  const { _meta, ...wish } = params;
  const state = mcpReq.requestState();
  return await parked.run({
    ...{ owner, wish: digestOf([mcpReq.method, connection, wish]), signal, listener },
    state: typeof state === "string" ? state : undefined,
    responses: isJsonObject(mcpReq.inputResponses) ? mcpReq.inputResponses : {},
  }, (ask, inner, now) => work({ abilities, asker: owner, isMany: true, ask }, inner, now));
}

/** Names a client that has a session or a connection of its own. */
export function askerOf(
  { owner, connection }: Pick<AskingHost, "owner" | "connection">,
): Pick<McpAsking, "asker" | "isMany"> {
  return { asker: JSON.stringify([owner, connection]), isMany: false };
}

function pushing(
  context: ServerContext,
  { server, session }: AskingHost,
): Pick<McpAsking, "abilities" | "ask"> {
  if (session !== undefined) {
    const { abilities, ask } = session;
    return { abilities, ask: (question, signal) => ask(question, { context, signal, server }) };
  }
  return {
    abilities: abilitiesOf(server.getClientCapabilities()),
    ask: async ({ method, params }, signal) => {
      const asked = { method, params: { ...params } };
      // Whoever asked bounds the wait: a person is not as quick as the SDK expects.
      return await context.mcpReq.send(asked, { signal, timeout: MAX_WAIT_MS }) as JsonObject;
    },
  };
}

/** Longest that any call may take. */
const MAX_WAIT_MS = 600_000;

function digestOf(value: readonly (string | JsonObject)[]): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
