import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as OldTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { LoggingMessageNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import type { JsonObject } from "../../spec/json.ts";

/** What clients are: SDK v2 with the newest revision and with sessions, and SDK v1. */
export const CLIENT_KINDS = ["2026", "session", "v1"] as const;

/** One of {@linkcode CLIENT_KINDS}. */
export type ClientKind = typeof CLIENT_KINDS[number];

/** Where a client connects to, and how. */
export interface ClientTarget {
  readonly url: string;
  readonly fetch?: typeof fetch;
  readonly key?: string;
}

/** How one call listens. */
export interface ListenOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (message: string | undefined) => void;
}

/** A listed tool, as far as tests look at it. */
export interface ListedTool {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema: unknown;
}

/** A real client of whatever SDK, in the same words: for tests only. */
export interface TestClient extends AsyncDisposable {
  /** Lines of logs that came. */
  readonly logs: unknown[];
  /** All pages. */
  list(): Promise<readonly ListedTool[]>;
  call(name: string, args?: JsonObject, options?: ListenOptions): Promise<JsonObject>;
  ping(): Promise<unknown>;
}

const INFO = { name: "test", version: "1.0.0" };

/** Connects a client of that kind. */
export async function connectClient(kind: ClientKind, target: ClientTarget): Promise<TestClient> {
  const { url, fetch, key } = target;
  const headers = key === undefined ? undefined : { authorization: `Bearer ${key}` };
  const options = { fetch, requestInit: { headers } };
  if (kind === "v1") return await connectOld(new OldTransport(new URL(url), options));
  const transport = new StreamableHTTPClientTransport(new URL(url), options);
  return await connectNew(transport, { kind });
}

/** A client of SDK v2 over any transport. */
export async function connectNew(
  transport: Parameters<Client["connect"]>[0],
  { kind }: { readonly kind: Exclude<ClientKind, "v1"> },
): Promise<TestClient> {
  const client = new Client(INFO, {
    versionNegotiation: { mode: kind === "2026" ? { pin: "2026-07-28" } : "legacy" },
  });
  const logs: unknown[] = [];
  client.setNotificationHandler(
    "notifications/message",
    ({ params }: { readonly params: { readonly data?: unknown } }) => void logs.push(params.data),
  );
  await client.connect(transport);
  const _meta = kind === "2026" ? { "io.modelcontextprotocol/logLevel": "debug" } : undefined;
  return {
    logs,
    list: async () => (await client.listTools()).tools,
    async call(name, args = {}, { signal, onProgress } = {}) {
      return await client.callTool({ name, arguments: args, ...(_meta && { _meta }) }, {
        signal,
        ...(onProgress && { onprogress: ({ message }) => onProgress(message) }),
      }) as JsonObject;
    },
    ping: () => client.ping(),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** A client of SDK v1 over any transport. */
export async function connectOld(
  transport: Parameters<OldClient["connect"]>[0],
): Promise<TestClient> {
  const client = new OldClient(INFO);
  const logs: unknown[] = [];
  client.setNotificationHandler(
    LoggingMessageNotificationSchema,
    ({ params }: { readonly params: { readonly data?: unknown } }) => void logs.push(params.data),
  );
  await client.connect(transport);
  return {
    logs,
    async list() {
      const tools: ListedTool[] = [];
      let cursor: string | undefined;
      do {
        const page = await client.listTools({ cursor });
        tools.push(...page.tools);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      return tools;
    },
    async call(name, args = {}, { signal, onProgress } = {}) {
      return await client.callTool({ name, arguments: args }, undefined, {
        signal,
        ...(onProgress &&
          { onprogress: ({ message }: { readonly message?: string }) => onProgress(message) }),
      }) as JsonObject;
    },
    ping: () => client.ping(),
    [Symbol.asyncDispose]: () => client.close(),
  };
}
