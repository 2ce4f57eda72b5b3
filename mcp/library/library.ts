import { AirlockError } from "../../spec/errors.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { McpLibrary, McpLibraryCall, McpOffers } from "../../spec/mcp_library.ts";
import type { McpAudience } from "../../spec/mcp_source.ts";
import { assignNames } from "../names/assign_names.ts";
import { sharedMessages, sharedResources } from "./shared_content.ts";
import { type OwnedUri, readSharedUri, sharedUri } from "./shared_uri.ts";

/** Member of `_meta` that says where a resource or a prompt is from. */
export const LIBRARY_META = "io.airlock/from";

/** A definition as clients are shown it, by what tells it from others. */
export interface SharedDefinition {
  /** Name of a prompt, URI of a resource. */
  readonly name: string;
  readonly definition: JsonObject;
}

/** A prompt with the name that clients call it by. */
export interface NamedPrompt extends SharedDefinition {
  readonly serverId: string;
  /** As its server calls it. */
  readonly promptName: string;
}

/** What a client wants to have completed, with the name or the URI that it knows. */
export interface CompletionWish extends JsonObject {
  readonly ref:
    | { readonly type: "ref/prompt"; readonly name: string }
    | { readonly type: "ref/resource"; readonly uri: string };
}

/** How a request is made; whose it is stands in its name or URI. */
export type LibraryRequest = Omit<McpLibraryCall, "serverId" | "method" | "params">;

/** Resources and prompts of all servers under names of one kind: like `Toolbox`, for all but tools. */
export class Library {
  readonly #sources: readonly McpLibrary[];

  constructor(sources: readonly McpLibrary[]) {
    this.#sources = sources;
  }

  /** @throws {AirlockError} as the sources do. */
  async resources(audience: McpAudience): Promise<readonly SharedDefinition[]> {
    const all = await this.#listOffers(audience);
    return all.flatMap((offers) => located(offers, offers.resources, "uri"));
  }

  /** @throws {AirlockError} as the sources do. */
  async templates(audience: McpAudience): Promise<readonly SharedDefinition[]> {
    const all = await this.#listOffers(audience);
    return all.flatMap((offers) => located(offers, offers.templates, "uriTemplate"));
  }

  /**
   * Prompts, named as tools are. Names follow from the servers and their order, which are their owner's:
   * nothing is kept of them, or a server could use them up.
   * @throws {AirlockError} as the sources do.
   */
  async prompts(audience: McpAudience): Promise<readonly NamedPrompt[]> {
    const all = await this.#listOffers(audience);
    const listed = all.flatMap(({ serverId, sourceName, prompts }) =>
      prompts.map((definition) => {
        const toolName = String(definition["name"]);
        const key = JSON.stringify([serverId, toolName]);
        return { kind: "mcp", key, sourceName, toolName, serverId, definition } as const;
      })
    );
    const names = new Map(assignNames(listed, []).map(({ key, name }) => [key, name]));
    return listed.flatMap(({ key, serverId, sourceName, toolName: promptName, definition }) => {
      const name = names.get(key);
      if (name === undefined) return [];
      const title = definition["title"] ?? promptName;
      const shown = { ...definition, name, title, ...from(sourceName) };
      return [{ name, serverId, promptName, definition: shown }];
    });
  }

  /**
   * Reads a resource by the URI that clients know.
   * @throws {AirlockError} `not_found`; as the sources do.
   */
  async read(uri: string, request: LibraryRequest): Promise<JsonObject> {
    const { serverId, ...params } = ownedUri(uri);
    const result = await this.#request({
      ...{ ...request, serverId, method: "resources/read", params },
    });
    // It was read with what belongs to an account: whoever keeps it keeps it for that one alone.
    const { cacheScope: _, ...said } = result;
    return { ...said, contents: sharedResources(serverId, result["contents"] ?? []) };
  }

  /**
   * Gets a prompt by the name that clients know.
   * @throws {AirlockError} `not_found`; as the sources do.
   */
  async prompt(
    { name, args }: { readonly name: string; readonly args?: JsonObject },
    request: LibraryRequest,
  ): Promise<JsonObject> {
    const { serverId, promptName } = await this.#prompt(request, name);
    const params = { name: promptName, ...(args && { arguments: args }) };
    const result = await this.#request({
      ...{ ...request, serverId, method: "prompts/get", params },
    });
    return { ...result, messages: sharedMessages(serverId, result["messages"] ?? []) };
  }

  /**
   * Completes an argument of a prompt, or of a template of resources.
   * @throws {AirlockError} `not_found`; as the sources do.
   */
  async complete(params: CompletionWish, request: LibraryRequest): Promise<JsonObject> {
    const { ref } = params;
    if (ref.type === "ref/resource") {
      const { serverId, uri } = ownedUri(ref.uri);
      return await this.#complete(serverId, { ...params, ref: { ...ref, uri } }, request);
    }
    const { serverId, promptName } = await this.#prompt(request, ref.name);
    const own = { ...params, ref: { type: ref.type, name: promptName } };
    return await this.#complete(serverId, own, request);
  }

  /**
   * Asks a resource's server to tell of its changes, or not to any more.
   * @throws {AirlockError} `not_found`; as the sources do.
   */
  async watch(uri: string, isWanted: boolean, request: LibraryRequest): Promise<void> {
    const { serverId, ...params } = ownedUri(uri);
    const method = isWanted ? "resources/subscribe" : "resources/unsubscribe";
    await this.#request({ ...request, serverId, method, params });
  }

  async #listOffers(audience: McpAudience): Promise<readonly McpOffers[]> {
    return (await Promise.all(this.#sources.map((source) => source.listOffers(audience)))).flat();
  }

  async #request(call: McpLibraryCall): Promise<JsonObject> {
    const source = this.#sources.find((one) => one.owns(call.serverId));
    if (source === undefined) throw noResource();
    return await source.request(call);
  }

  async #complete(serverId: string, params: JsonObject, request: LibraryRequest) {
    return await this.#request({
      ...{ ...request, serverId, method: "completion/complete", params },
    });
  }

  async #prompt({ audience }: LibraryRequest, name: string): Promise<NamedPrompt> {
    const found = (await this.prompts(audience)).find((prompt) => prompt.name === name);
    if (found !== undefined) return found;
    throw new AirlockError("not_found", "find prompt: there is none of that name", {
      stage: "request",
      suggestion: "Get one that prompts/list shows.",
    });
  }
}

function ownedUri(uri: string): OwnedUri {
  const owned = readSharedUri(uri);
  if (owned !== null) return owned;
  throw noResource();
}

function noResource(): AirlockError {
  return new AirlockError("not_found", "find resource: there is none of that URI", {
    stage: "request",
    suggestion: "Read one that resources/list shows, or that a template or a tool leads to.",
  });
}

function located(
  { serverId, sourceName }: McpOffers,
  offers: readonly JsonObject[],
  member: "uri" | "uriTemplate",
): SharedDefinition[] {
  return offers.map((offer) => {
    const name = sharedUri({ serverId, uri: String(offer[member]) });
    return { name, definition: { ...offer, [member]: name, ...from(sourceName) } };
  });
}

function from(sourceName: string): JsonObject {
  return { _meta: { [LIBRARY_META]: sourceName } };
}
