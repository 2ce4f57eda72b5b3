import type { Client, Prompt, Resource, Tool } from "@modelcontextprotocol/client";

/** What a server offers, as it lists it. */
export interface ServerLists {
  readonly tools: readonly Tool[];
  readonly resources: readonly Resource[];
  readonly prompts: readonly Prompt[];
}

/** Before a server was ever asked. */
export const NO_LISTS: ServerLists = { tools: [], resources: [], prompts: [] };

/** Reads what a server offers; what it does not know of, it has none of. */
export async function readLists(
  client: Pick<Client, "getServerCapabilities" | "listTools" | "listResources" | "listPrompts">,
  { timeout, onFault }: {
    readonly timeout: number;
    /** Told of lists beside that of tools which cannot be read: the server is of use without them. */
    readonly onFault: (what: string) => void;
  },
): Promise<ServerLists> {
  const can = client.getServerCapabilities() ?? {};
  const orNone = async <T>(what: string, read: () => Promise<readonly T[]>) => {
    try {
      return await read();
    } catch {
      onFault(`its list of ${what} cannot be read`);
      return [];
    }
  };
  const [{ tools }, resources, prompts] = await Promise.all([
    // Some offer tools and do not say so.
    can.tools === undefined && (can.resources ?? can.prompts) !== undefined
      ? { tools: [] }
      : client.listTools(undefined, { timeout }),
    can.resources === undefined ? [] : orNone(
      "resources",
      async () => (await client.listResources(undefined, { timeout })).resources,
    ),
    can.prompts === undefined
      ? []
      : orNone("prompts", async () => (await client.listPrompts(undefined, { timeout })).prompts),
  ]);
  return { tools, resources, prompts };
}
