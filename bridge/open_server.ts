import { StreamableHTTPClientTransport, type Transport } from "@modelcontextprotocol/client";
import type { ServerConfig } from "./bridge_config.ts";
import { ServerProcess, type ServerProcessOptions } from "./server_process.ts";

/** A way to speak to a server. Closing it ends what was started for it. */
export type ServerLink = Transport & { readonly pid?: number };

/** Largest answer that is no stream of messages: as much as a gateway takes. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** A way to the server of a configuration: one that is started, or one that listens. */
export function openServer(
  { command, args, cwd, env: own, url, headers = {} }: ServerConfig,
  { env, ...rest }: Pick<ServerProcessOptions, "env" | "wrapper" | "onStderr">,
): ServerLink {
  if (url !== undefined) {
    return new StreamableHTTPClientTransport(new URL(url), {
      requestInit: { headers },
      fetch: fetchBounded,
    });
  }
  return new ServerProcess({ command: command ?? "", args, cwd, env: { ...env, ...own }, ...rest });
}

/** Goes to the server that is configured, and nowhere else; what it answers is bounded. */
async function fetchBounded(url: string | URL, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: "error" });
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  if (response.body === null || isStream) return response;
  let bytes = 0;
  const bounded = response.body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(part, controller) {
        bytes += part.length;
        if (bytes > MAX_ANSWER_BYTES) controller.error(new RangeError("read answer: too large"));
        else controller.enqueue(part);
      },
    }),
  );
  const { status, statusText, headers } = response;
  return new Response(bounded, { status, statusText, headers });
}
