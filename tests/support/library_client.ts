import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { BridgeWorld } from "./bridge_world.ts";

/** A real client that asks for more than tools: for tests only. */
export interface LibraryClient extends AsyncDisposable {
  readonly client: Client;
  /** Lists that it was told to be others. */
  readonly told: string[];
}

/** Connects a client with sessions to a collection; it is told what has changed. */
export async function connectLibrary(
  world: BridgeWorld,
  collection: string,
  { key = world.key } = {},
): Promise<LibraryClient> {
  const client = new Client({ name: "test", version: "1.0.0" }, {
    versionNegotiation: { mode: "legacy" },
  });
  const told: string[] = [];
  for (const kind of ["resources", "prompts"] as const) {
    const method = `notifications/${kind}/list_changed` as const;
    client.setNotificationHandler(method, () => void told.push(kind));
  }
  const url = new URL(`${world.url}/mcp/${world.me.tenant}/${collection}`);
  const headers = { authorization: `Bearer ${key}` };
  await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }));
  return { client, told, [Symbol.asyncDispose]: () => client.close() };
}
