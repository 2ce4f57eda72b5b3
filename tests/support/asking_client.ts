import {
  Client,
  type ClientCapabilities,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import type { JsonObject } from "../../spec/json.ts";
import { WORLD_URL } from "./accounts_world.ts";

/** How a client is connected that can be asked. */
export interface AskingClientOptions {
  readonly answer: (request: Request) => Promise<Response>;
  readonly path: string;
  readonly kind: "2026" | "session";
  /** Forms and sampling where absent. */
  readonly capabilities?: ClientCapabilities;
  /** Who sits in front of it. */
  readonly username?: string;
  /** Before a person answers. */
  readonly beforeAnswer?: () => Promise<void>;
}

/** A real client, with what it was asked and told: for tests only. */
export interface AskingClient extends AsyncDisposable {
  readonly client: Client;
  readonly asked: JsonObject[];
  /** Methods of notifications that came, with the URI where they have one. */
  readonly told: string[];
}

/** Connects a client to a gateway that is not listening anywhere. */
export async function connectAsking(options: AskingClientOptions): Promise<AskingClient> {
  const { answer, path, kind } = options;
  const capabilities = options.capabilities ?? { elicitation: { form: {} }, sampling: {} };
  const client = new Client({ name: "test", version: "1.0.0" }, {
    capabilities,
    versionNegotiation: { mode: kind === "2026" ? { pin: "2026-07-28" } : "legacy" },
  });
  const asked: JsonObject[] = [];
  const told: string[] = [];
  if (capabilities.elicitation) {
    client.setRequestHandler("elicitation/create", async ({ params }) => {
      asked.push(params as JsonObject);
      await options.beforeAnswer?.();
      const { username = "ada" } = options;
      return { action: "accept", content: { username, email: `${username}@example.com` } };
    });
  }
  if (capabilities.sampling) {
    client.setRequestHandler("sampling/createMessage", ({ params }) => {
      asked.push(params as JsonObject);
      return { role: "assistant", model: "m", content: { type: "text", text: "hello" } };
    });
  }
  for (const kind of ["tools", "resources", "prompts"] as const) {
    const method = `notifications/${kind}/list_changed` as const;
    client.setNotificationHandler(method, () => void told.push(method));
  }
  client.setNotificationHandler(
    "notifications/resources/updated",
    ({ params }) => void told.push(params.uri),
  );
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${WORLD_URL}${path}`), {
      fetch: (input, init) => answer(new Request(input, init)),
    }),
  );
  return { client, asked, told, [Symbol.asyncDispose]: () => client.close() };
}
