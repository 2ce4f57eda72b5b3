import { AirlockError } from "../../spec/errors.ts";
import { abortError, esmError, quoted } from "./esm_error.ts";
import type { EsmLimits } from "./esm_limits.ts";
import type { NetworkClock } from "./network_clock.ts";

/** What is known of an answer before its body is read. */
export interface ResponseHead {
  /** After redirects; on the origin, without a fragment. */
  readonly url: URL;
  readonly headers: Headers;
}

/** An answer of the origin with status 200. */
export interface OriginResponse extends ResponseHead {
  /** Every URL asked for on the way, first to last, the final one left out. */
  readonly hops: readonly string[];
  /** `null` where `wantsBody` said no. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
}

/** How one request is made. */
export interface GetOptions {
  readonly signal: AbortSignal;
  readonly stage: "resolve" | "fetch";
  readonly maxBytes: number;
  /** Asked once redirects have ended: `false` closes the answer unread. */
  readonly wantsBody?: (head: ResponseHead) => boolean;
}

/** What an {@linkcode OriginClient} is made of. */
export interface OriginClientOptions {
  readonly origin: URL;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: NetworkClock;
  readonly limits: EsmLimits;
}

const PASSING_STATUSES = new Set([408, 425, 429, 500, 502, 503, 504]);
const REDIRECT_STATUSES = new Set([301, 302, 303, 307, 308]);
const FIRST_PAUSE_MS = 100;
const MAX_RETRY_AFTER_MS = 60_000;

/** Whether `url` is at `origin`: same scheme, host and port, and nothing in it to log in with. */
export function isAtOrigin(url: URL, origin: URL): boolean {
  return url.origin === origin.origin && url.username === "" && url.password === "";
}

/** Asks one origin and nobody else: bounded, never following a redirect that leaves it. */
export class OriginClient {
  readonly #options: OriginClientOptions;
  #requests = 0;

  constructor(options: OriginClientOptions) {
    this.#options = options;
  }

  /** @throws {AirlockError} `artifact_failed` at `options.stage`. */
  async get(url: URL, options: GetOptions): Promise<OriginResponse> {
    for (let attempt = 0;; attempt++) {
      try {
        return await this.#follow(url, options);
      } catch (error) {
        const passing = error instanceof AirlockError && error.retryable;
        const last = attempt >= this.#options.limits.retries;
        if (options.signal.aborted || !passing || last) throw error;
        await this.#pause(FIRST_PAUSE_MS * 2 ** attempt, options);
      }
    }
  }

  async #follow(start: URL, options: GetOptions): Promise<OriginResponse> {
    const { origin, limits } = this.#options;
    const hops: string[] = [];
    let url = start;
    while (true) {
      using _timed = this.#options.clock.start();
      const response = await this.#request(url, options);
      if (!REDIRECT_STATUSES.has(response.status)) {
        return await this.#read(response, { url, hops, ...options });
      }
      await discard(response);
      const location = response.headers.get("location") ?? "";
      const next = URL.canParse(location, url) ? new URL(location, url) : null;
      if (next === null || !isAtOrigin(next, origin)) {
        throw esmError({
          reason: "forbidden_redirect",
          message: `Fetch ${quoted(path(url))}: redirected away from the origin to ${
            quoted(location)
          }`,
        }, {
          stage: options.stage,
          suggestion:
            "Only the configured esm origin is followed; set AIRLOCK_ESM_ORIGIN to the address that server uses for itself",
          details: { path: path(url) },
        });
      }
      if (hops.length >= limits.redirects) {
        throw esmError({
          reason: "limit",
          message: `Fetch ${quoted(path(start))}: more than ${limits.redirects} redirects`,
        }, { stage: options.stage, details: { limit: "redirects", path: path(start) } });
      }
      hops.push(url.href);
      next.hash = "";
      url = next;
    }
  }

  async #request(url: URL, options: GetOptions): Promise<Response> {
    if (++this.#requests > this.#options.limits.requests * (1 + this.#options.limits.retries)) {
      throw esmError({
        reason: "limit",
        message: `Fetch ${quoted(path(url))}: too many requests for one package`,
      }, { stage: options.stage, details: { limit: "requests" } });
    }
    try {
      return await this.#options.fetch(url, {
        // The origin picks a build by user agent wherever a URL names no target.
        headers: { accept: "*/*", "user-agent": `Deno/${Deno.version.deno}` },
        redirect: "manual",
        signal: options.signal,
      });
    } catch (error) {
      throw transportError(error, { ...options, url });
    }
  }

  async #read(
    response: Response,
    options: GetOptions & { readonly url: URL; readonly hops: readonly string[] },
  ): Promise<OriginResponse> {
    const { url, hops, stage } = options;
    if (response.status !== 200) {
      await discard(response);
      throw statusError(response, { stage, path: path(url) });
    }
    const head = { url, headers: response.headers };
    if (options.wantsBody?.(head) === false) {
      await discard(response);
      return { ...head, hops, bytes: null };
    }
    return { ...head, hops, bytes: await readBounded(response, options) };
  }

  #pause(durationMs: number, options: GetOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        reject(abortError(options.signal, { stage: options.stage, what: "package" }));
      };
      const timer = setTimeout(() => {
        options.signal.removeEventListener("abort", stop);
        resolve();
      }, durationMs);
      options.signal.addEventListener("abort", stop, { once: true });
    });
  }
}

/** Path and query of `url`: how modules are named in locks and messages. */
export function path(url: URL): string {
  return url.pathname + url.search;
}

async function readBounded(
  response: Response,
  options: GetOptions & { readonly url: URL },
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let totalBytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      totalBytes += chunk.byteLength;
      if (totalBytes > options.maxBytes) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw transportError(error, options);
  }
  if (totalBytes > options.maxBytes) {
    throw esmError({
      reason: "limit",
      message: `Fetch ${quoted(path(options.url))}: larger than ${options.maxBytes} bytes`,
    }, { stage: options.stage, details: { limit: "bytes", path: path(options.url) } });
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function transportError(
  error: unknown,
  options: GetOptions & { readonly url: URL },
): AirlockError {
  if (options.signal.aborted) {
    return abortError(options.signal, { stage: options.stage, what: path(options.url) });
  }
  return esmError({
    reason: "origin_failed",
    message: `Fetch ${quoted(path(options.url))}: the connection to the esm origin failed`,
  }, { stage: options.stage, retryable: true, details: { path: path(options.url) }, cause: error });
}

function statusError(
  response: Response,
  options: { readonly stage: "resolve" | "fetch"; readonly path: string },
): AirlockError {
  const { status } = response;
  const details = { status, path: options.path };
  if (status === 404 || status === 410) {
    return esmError(
      {
        reason: "not_found",
        message: `Fetch ${quoted(options.path)}: not found at the esm origin`,
      },
      {
        stage: options.stage,
        suggestion: "Check the package name, the version and the subpath",
        details,
      },
    );
  }
  const passing = PASSING_STATUSES.has(status);
  const retryAfterSeconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return esmError({
    reason: passing ? "origin_failed" : "refused",
    message: `Fetch ${quoted(options.path)}: the esm origin answered ${status}`,
  }, {
    stage: options.stage,
    suggestion: passing
      ? "Try again later, or take the package from npm"
      : "Take the package from npm, or ask who runs the origin",
    retryable: passing,
    retryAfterMs: passing && retryAfterSeconds >= 0
      ? Math.min(retryAfterSeconds * 1_000, MAX_RETRY_AFTER_MS)
      : undefined,
    details,
  });
}

async function discard(response: Response): Promise<void> {
  try {
    await response.body?.cancel();
  } catch {
    // The answer is unwanted: a connection that breaks while it is closed changes nothing.
  }
}
