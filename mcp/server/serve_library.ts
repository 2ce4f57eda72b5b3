import {
  ResourceNotFoundError,
  type Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { type AskingHost, workAsking } from "../asking/asking_of.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { McpAudience } from "../../spec/mcp_source.ts";
import type { CompletionWish, Library, SharedDefinition } from "../library/library.ts";
import { pageOf } from "./page_of.ts";

/** What a client does with changes of single resources. */
export interface ResourceWatcher {
  /** @throws {AirlockError} `not_found`, `resource_limit`. */
  watch(uri: string): Promise<void>;
  unwatch(uri: string): void;
}

/** What resources and prompts are served with. */
export interface ServeLibraryOptions {
  readonly audience: McpAudience;
  readonly library: Library;
  readonly host: AskingHost;
  readonly requestId: () => string;
  /** Absent where a client asks for changes otherwise. */
  readonly watcher?: ResourceWatcher;
  /** Makes what is told of what went wrong. */
  readonly refuse: (error: unknown, requestId: string) => Error;
}

/** Lets a server answer for resources, prompts and completions. */
export function serveLibrary(server: Server, options: ServeLibraryOptions): void {
  const { audience, library, host, requestId, watcher, refuse } = options;
  const answer = async <T>(work: (requestId: string) => Promise<T>): Promise<T> => {
    const id = requestId();
    try {
      return await work(id);
    } catch (error) {
      throw refuse(error, id);
    }
  };
  const page = async (list: Promise<readonly SharedDefinition[]>, cursor: string | undefined) => {
    const { items, nextCursor } = pageOf(await list, { cursor });
    return { items: items.map(({ definition }) => definition), nextCursor };
  };
  const asking = (
    params: object,
    context: ServerContext,
    work: (request: Parameters<Library["read"]>[1]) => Promise<JsonObject>,
  ) =>
    answer((id) =>
      workAsking(params as JsonObject, context, {
        ...{ host, listener: undefined },
        work: (client, signal) => work({ audience, requestId: id, signal, client }),
      })
    );

  server.setRequestHandler("resources/list", ({ params }) =>
    answer(async () => {
      const { items, nextCursor } = await page(library.resources(audience), params?.cursor);
      return { resources: items as never[], nextCursor };
    }));
  server.setRequestHandler("resources/templates/list", ({ params }) =>
    answer(async () => {
      const { items, nextCursor } = await page(library.templates(audience), params?.cursor);
      return { resourceTemplates: items as never[], nextCursor };
    }));
  server.setRequestHandler("prompts/list", ({ params }) =>
    answer(async () => {
      const { items, nextCursor } = await page(library.prompts(audience), params?.cursor);
      return { prompts: items as never[], nextCursor };
    }));
  server.setRequestHandler("resources/read", async ({ params }, context) => {
    const { uri } = params;
    const read = asking(params, context, async (request) => {
      try {
        return await library.read(uri, request);
      } catch (error) {
        const isThere = !(error instanceof AirlockError && error.code === "not_found");
        throw isThere ? error : new ResourceNotFoundError(uri);
      }
    });
    return await read as never;
  });
  server.setRequestHandler("prompts/get", async ({ params }, context) => {
    const { name, arguments: args } = params;
    return await asking(
      params,
      context,
      (request) => library.prompt({ name, args }, request),
    ) as never;
  });
  server.setRequestHandler(
    "completion/complete",
    ({ params }, { mcpReq: { signal } }) =>
      answer(async (id) => {
        const wish = params as CompletionWish;
        return await library.complete(wish, { audience, requestId: id, signal }) as never;
      }),
  );
  if (watcher === undefined) return;
  server.setRequestHandler("resources/subscribe", ({ params: { uri } }) =>
    answer(async () => {
      await watcher.watch(uri);
      return {};
    }));
  server.setRequestHandler("resources/unsubscribe", ({ params: { uri } }) => {
    watcher.unwatch(uri);
    return {};
  });
}
