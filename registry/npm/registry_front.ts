import { AirlockError } from "../../spec/errors.ts";
import { artifactFailure } from "./artifact_failure.ts";
import { FrontDesk, type FrontDeskOptions } from "./front_desk.ts";
import { isPackageName } from "./package_name.ts";

/** A registry on loopback for one installation. Disposing closes it and everything it waits for. */
export interface RegistryFront extends AsyncDisposable {
  /** Base URL with a random secret in its path; ends with a slash. */
  readonly url: string;
  /** What was handed out, and how much of it. */
  readonly desk: FrontDesk;
  /** Aborts at the first refusal, with the {@linkcode AirlockError} as its reason. */
  readonly refused: AbortSignal;
}

/** Options of {@linkcode startRegistryFront}: those of its desk, the signal aside. */
export type RegistryFrontOptions = Omit<FrontDeskOptions, "baseUrl">;

/**
 * Starts a server that stands between the installer and the real registries: it holds the
 * credentials, checks every byte first, and stops the installation at the first thing it refuses.
 */
export function startRegistryFront(options: RegistryFrontOptions): RegistryFront {
  const refusal = new AbortController();
  const closing = new AbortController();
  const signal = AbortSignal.any([options.signal, closing.signal, refusal.signal]);
  const secret = crypto.getRandomValues(new Uint8Array(24)).toHex();
  const respond = async (request: Request): Promise<Response> => {
    const path = pathBelow(new URL(request.url), secret);
    if (request.method !== "GET" || path === undefined) return plain(404);
    try {
      return await answer(desk, path);
    } catch (error) {
      // A response cannot carry a typed error to whoever waits for the installer: the signal does.
      refusal.abort(error instanceof AirlockError ? error : unexpected(error));
      return plain(502);
    }
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, respond);
  const url = `http://127.0.0.1:${server.addr.port}/${secret}/`;
  const desk = new FrontDesk({ ...options, signal, baseUrl: url });
  return {
    url,
    desk,
    refused: refusal.signal,
    async [Symbol.asyncDispose]() {
      closing.abort(new DOMException("The registry front closes", "AbortError"));
      await server.shutdown();
    },
  };
}

async function answer(desk: FrontDesk, path: string): Promise<Response> {
  const tarball = /^-\/([^/]+)\/([^/]+)\.tgz$/.exec(path);
  if (tarball !== null) {
    const name = decodeURIComponent(tarball[1] ?? "");
    const version = decodeURIComponent(tarball[2] ?? "");
    const bytes = await desk.tarball(name, version);
    return bytes === undefined
      ? plain(404)
      : new Response(bytes, { headers: { "content-type": "application/octet-stream" } });
  }
  const name = decodeURIComponent(path);
  const packument = isPackageName(name) ? await desk.packument(name) : undefined;
  return packument === undefined ? plain(404) : Response.json(packument);
}

function pathBelow(url: URL, secret: string): string | undefined {
  const prefix = `/${secret}/`;
  return url.pathname.startsWith(prefix) ? url.pathname.slice(prefix.length) : undefined;
}

function plain(status: number): Response {
  return Response.json({ error: "refused" }, { status });
}

function unexpected(cause: unknown): AirlockError {
  return artifactFailure("install", "install dependencies: stopped", {
    suggestion: "Try again; if it happens again, look at the gateway's log.",
    retryable: true,
    cause,
  });
}
