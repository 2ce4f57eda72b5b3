import assert from "node:assert/strict";
import { createEsmSource } from "../../registry/esm/esm_source.ts";
import { DEFAULT_ESM_LIMITS, type EsmLimits } from "../../registry/esm/esm_limits.ts";
import type { ArtifactLock, FetchedPackage } from "../../spec/artifact.ts";
import { AirlockError } from "../../spec/errors.ts";
import { startEsmOrigin } from "./esm_origin.ts";

/** JavaScript, or a whole answer. */
export type Answer = string | ((request: Request, url: URL) => Response | Promise<Response>);

/** One fetch of `evil@1.0.0` from an origin that serves `routes`. */
export interface EsmAttempt {
  /** Path, or path with query, → JavaScript or a whole answer. `/` is the entry of `evil@1.0.0`. */
  readonly routes: Readonly<Record<string, Answer>>;
  readonly limits?: Partial<EsmLimits>;
  readonly lock?: ArtifactLock;
  readonly signal?: AbortSignal;
  readonly inspect?: (outcome: {
    readonly requests: readonly string[];
    readonly files: readonly string[];
    readonly fetched?: FetchedPackage;
  }) => void;
}

/** A module. */
export function javascript(code: string | ReadableStream<Uint8Array>): Response {
  return new Response(code, { headers: { "content-type": "text/javascript" } });
}

/** A redirect. */
export function redirect(location: string, status = 302): Response {
  return new Response(null, { status, headers: { location } });
}

/** Fetches; `inspect` sees what was left behind, whatever the outcome. */
export async function attempt(options: EsmAttempt): Promise<FetchedPackage> {
  await using served = await startEsmOrigin({
    async intercept(request, url) {
      const own = url.pathname === "/evil@1.0.0" ? options.routes["/"] : undefined;
      const answer = options.routes[url.pathname + url.search] ?? options.routes[url.pathname] ??
        own;
      return typeof answer === "string" ? javascript(answer) : await answer?.(request, url);
    },
  });
  const directory = await Deno.makeTempDir();
  let fetched: FetchedPackage | undefined;
  try {
    const source = createEsmSource({
      origin: served.origin,
      limits: { ...DEFAULT_ESM_LIMITS, ...options.limits },
    });
    fetched = await source.fetch(
      { source: "esm", packageName: "evil", version: "1.0.0" },
      { signal: options.signal ?? new AbortController().signal, directory, lock: options.lock },
    );
    return fetched;
  } finally {
    const files = await Array.fromAsync(Deno.readDir(`${directory}/modules`));
    options.inspect?.({
      requests: served.requests,
      files: files.map(({ name }) => name),
      fetched,
    });
    await Deno.remove(directory, { recursive: true });
  }
}

/** The error of a fetch that must fail the way a source may fail. */
export async function failure(options: EsmAttempt): Promise<AirlockError> {
  try {
    await attempt(options);
  } catch (error) {
    assert.ok(error instanceof AirlockError, String(error));
    assert.equal(error.code, "artifact_failed");
    assert.equal(error.stage, "fetch");
    assert.doesNotMatch(error.message, /\.$/);
    return error;
  }
  assert.fail("it was accepted");
}

/** As {@linkcode failure}, for one reason. */
export async function refused(reason: string, options: EsmAttempt): Promise<AirlockError> {
  const error = await failure(options);
  assert.equal(error.details.reason, reason, error.message);
  return error;
}

/** A body that never ends; `onCancel` tells that its reader gave up. */
export function endless(chunkBytes: number, onCancel: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(chunkBytes).fill(0x20));
    },
    cancel: onCancel,
  });
}
