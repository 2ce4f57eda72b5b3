import { AirlockError } from "../../spec/errors.ts";
import { artifactFailure } from "./artifact_failure.ts";
import { followRedirects } from "./follow_redirects.ts";
import type { NetworkMeter } from "./network_meter.ts";
import type { NpmLimits } from "./npm_limits.ts";
import { pause } from "./pause.ts";
import { readBounded } from "./read_bounded.ts";
import type { RegistryRequest } from "./registry_request.ts";

/** A complete answer: `200`, `304` or `404`; every other status was thrown. */
export interface RegistryAnswer {
  readonly status: 200 | 304 | 404;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string | null;
}

/** What every GET shares. */
export interface RegistryGetOptions {
  readonly limits: Pick<NpmLimits, "requestTimeoutMs" | "idleTimeoutMs">;
  readonly signal: AbortSignal;
  readonly meter: NetworkMeter;
}

const MAX_RETRIES = 2;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Fetches whole and bounded. Network failures, `429` and `5xx` are tried again twice, with pauses.
 * @throws {AirlockError} `artifact_failed` with the given step; the signal's reason when aborted.
 */
export async function registryGet(
  get: RegistryRequest,
  options: RegistryGetOptions,
): Promise<RegistryAnswer> {
  for (let attempt = 0;; attempt++) {
    const outcome = await attemptGet(get, options);
    if (!("retryable" in outcome)) return outcome;
    if (!outcome.retryable || attempt === MAX_RETRIES) throw outcome.error;
    const pauseMs = outcome.retryAfterMs ?? FIRST_PAUSE_MS * 4 ** attempt;
    await pause(Math.min(pauseMs, LONGEST_PAUSE_MS), options.signal);
  }
}

interface FailedAttempt {
  readonly error: AirlockError;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
}

async function attemptGet(
  get: RegistryRequest,
  { limits, signal, meter }: RegistryGetOptions,
): Promise<RegistryAnswer | FailedAttempt> {
  signal.throwIfAborted();
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(timedOut(get)), limits.requestTimeoutMs);
  using _waiting = meter.wait();
  try {
    const either = AbortSignal.any([signal, timeout.signal]);
    const response = await followRedirects(get, either);
    if (response.status === 304 || response.status === 404) {
      await response.body?.cancel();
      return { status: response.status, bytes: new Uint8Array(), etag: null };
    }
    if (response.status !== 200) {
      await response.body?.cancel();
      return refused(get, response);
    }
    const bytes = await readBounded(response, {
      maxBytes: get.maxBytes,
      idleTimeoutMs: limits.idleTimeoutMs,
      signal: either,
      onBytes: (count) => meter.add(count),
      tooLarge: () => tooLarge(get),
      tooSlow: () => timedOut(get),
    });
    return { status: 200, bytes, etag: response.headers.get("etag") };
  } catch (cause) {
    signal.throwIfAborted();
    if (timeout.signal.aborted) throw timeout.signal.reason;
    if (cause instanceof AirlockError) throw cause;
    return { error: unreachable(get, cause), retryable: true };
  } finally {
    clearTimeout(timer);
  }
}

function refused(get: RegistryRequest, response: Response): FailedAttempt {
  const { status } = response;
  const details = { status };
  if (status === 401 || status === 403) {
    const error = artifactFailure(get.step, `fetch ${get.what}: the registry refused (${status})`, {
      suggestion: "Check the token that npm's configuration holds for this registry.",
      details,
    });
    return { error, retryable: false };
  }
  const retryable = status === 429 || status >= 500;
  const error = artifactFailure(get.step, `fetch ${get.what}: the registry answered ${status}`, {
    suggestion: retryable
      ? "Try again later; the registry is busy or broken."
      : "Check that the configured registry speaks npm's protocol at its base URL.",
    details,
    retryable,
  });
  const seconds = Number(response.headers.get("retry-after") ?? NaN);
  return { error, retryable, retryAfterMs: seconds >= 0 ? seconds * 1000 : undefined };
}

function unreachable(get: RegistryRequest, cause: unknown): AirlockError {
  return artifactFailure(get.step, `fetch ${get.what}: no complete answer from the registry`, {
    suggestion: "Check that the configured registry is reachable from the gateway.",
    retryable: true,
    cause,
  });
}

function timedOut(get: RegistryRequest): AirlockError {
  return artifactFailure(get.step, `fetch ${get.what}: the registry is too slow`, {
    suggestion: "Try again later, or raise the fetch timeouts of the npm source.",
    retryable: true,
  });
}

function tooLarge(get: RegistryRequest): AirlockError {
  return artifactFailure(get.step, `fetch ${get.what}: larger than ${get.maxBytes} bytes`, {
    suggestion: "Use a smaller package, or raise the size limits of the npm source.",
    details: { limitBytes: get.maxBytes },
  });
}
