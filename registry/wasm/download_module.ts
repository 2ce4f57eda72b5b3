import type { EgressPort } from "../../spec/egress.ts";
import { AirlockError } from "../../spec/errors.ts";
import { digestOf, MAX_UPLOAD_BYTES } from "./upload_shelf.ts";
import { wasmError } from "./wasm_error.ts";

/**
 * Downloads a module and compares it to its hash.
 * @throws {AirlockError} `artifact_failed` at stage `fetch`.
 */
export async function downloadModule(
  url: URL,
  { egress, hash, signal }: {
    readonly egress: EgressPort;
    /** Lower-case hex SHA-256. */
    readonly hash: string;
    readonly signal: AbortSignal;
  },
): Promise<Uint8Array> {
  const what = `the module from ${url.host}`;
  const bytes = await get(url, { egress, signal, what });
  if (digestOf(bytes) === hash) return bytes;
  throw wasmError({ reason: "bad_hash", message: `Fetch ${what}: its hash is another` }, {
    stage: "fetch",
    suggestion: "Check the hash; if it was right before, the module was changed",
  });
}

async function get(
  url: URL,
  { egress, signal, what }: {
    readonly egress: EgressPort;
    readonly signal: AbortSignal;
    readonly what: string;
  },
): Promise<Uint8Array> {
  const headers = [["accept", "application/wasm, application/octet-stream"]] as const;
  try {
    const response = await egress.request(
      { method: "GET", url: url.href, headers, body: null, redirect: "follow" },
      signal,
    );
    if (response.status !== 200) {
      await response.body?.cancel();
      throw failed(what, `status ${response.status}`);
    }
    return await readAll(response.body, what);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AirlockError && error.code === "artifact_failed") throw error;
    // The broker's refusals say why, and what would be allowed.
    throw failed(what, error instanceof AirlockError ? error.message : "no answer", error);
  }
}

async function readAll(
  body: ReadableStream<Uint8Array> | null,
  what: string,
): Promise<Uint8Array> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    length += part.length;
    if (length > MAX_UPLOAD_BYTES) {
      const message = `Fetch ${what}: more than ${MAX_UPLOAD_BYTES} bytes`;
      throw wasmError({ reason: "limit", message }, { stage: "fetch" });
    }
    parts.push(Uint8Array.from(part));
  }
  return await new Blob(parts).bytes();
}

function failed(what: string, state: string, cause?: unknown): Error {
  return wasmError({ reason: "download", message: `Fetch ${what}: ${state}` }, {
    stage: "fetch",
    suggestion: "Check the URL, or upload the module instead",
    retryable: true,
    cause,
  });
}
