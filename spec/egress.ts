/** An HTTP request that a tool wants made for it. */
export interface EgressRequest {
  readonly method: string;
  /** Absolute `http:` or `https:` URL. */
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: ReadableStream<Uint8Array> | null;
  readonly redirect: "follow" | "error" | "manual";
}

/** The answer to an {@linkcode EgressRequest}. Whoever receives it must read or cancel `body`. */
export interface EgressResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [string, string])[];
  /** After redirects. */
  readonly url: string;
  readonly redirected: boolean;
  readonly body: ReadableStream<Uint8Array> | null;
}

/** One call's way to the network: bound to its grant, counted, closed when the call ends. */
export interface EgressPort {
  /**
   * @throws {AirlockError} `permission_denied` (with the grant that would have allowed it),
   * `resource_limit` or `upstream_failed`.
   */
  request(request: EgressRequest, signal: AbortSignal): Promise<EgressResponse>;
}

/** What went out during one call, as shown in `meta.egress`. */
export interface EgressRecord {
  readonly method: string;
  /** Host with port where it is not the scheme's own; no path, no query. */
  readonly host: string;
  /** HTTP status, or `refused` / `failed`. */
  readonly outcome: number | "refused" | "failed";
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly durationMs: number;
}
